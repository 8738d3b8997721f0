#define _GNU_SOURCE
#include "sandbox.h"
#include "sandbox_bpf.h"
#include "sandbox_calls.h"
#include "sandbox_message.h"
#include "sandbox_stack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/openat2.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define PATH_SIZE 8192
// SECCOMP_ADDFD_FLAG_SEND of Linux 5.14, where headers are older.
#define ANSWER_AT_ONCE 2
// socket(2): the others are flags.
#define KIND_OF_SOCKET 0xF

#ifdef MACHINE

static void push_watched(struct statements *statements, unsigned machine, const struct sandbox_calls *calls) {
    unsigned jump = statements->count;
    sandbox_push(statements, IF(machine, 0, 0));
    sandbox_push(statements, LOAD(nr));
    for (size_t index = 0; index < calls->watched_count; index++) {
        sandbox_push(statements, IF((unsigned)calls->watched[index].number, 0, 1));
        sandbox_push(statements, RETURN(SECCOMP_RET_USER_NOTIF));
    }
    if (calls->socketcall >= 0) {
        sandbox_push(statements, IF((unsigned)calls->socketcall, 0, 3));
        sandbox_push(statements, LOAD_ARGUMENT(0));
        sandbox_push(statements, IF(SOCKETCALL_SOCKET, 0, 1));
        sandbox_push(statements, RETURN(SECCOMP_RET_USER_NOTIF));
    }
    sandbox_push(statements, RETURN(SECCOMP_RET_ALLOW));
    statements->list[jump].jf = (unsigned char)(statements->count - jump - 1);
}

int sandbox_watch_files(const struct sandbox *sandbox) {
    struct statements statements = {.count = 0};
    sandbox_push(&statements, LOAD(arch));
    push_watched(&statements, MACHINE, &sandbox_calls);
#ifdef MACHINE_OF_32_BITS
    if (sandbox->request->has_32_bits) push_watched(&statements, MACHINE_OF_32_BITS, &sandbox_calls_of_32_bits);
#else
    (void)sandbox;
#endif
    sandbox_push(&statements, RETURN(SECCOMP_RET_ALLOW));
    return sandbox_install(&statements, SECCOMP_FILTER_FLAG_NEW_LISTENER);
}

#endif

static int is_socketcall(const struct seccomp_data *data) {
#ifdef MACHINE_OF_32_BITS
    return data->arch == MACHINE_OF_32_BITS && data->nr == sandbox_calls_of_32_bits.socketcall;
#else
    (void)data;
    return 0;
#endif
}

static const struct watched_call *find_call(const struct seccomp_data *data) {
#ifdef MACHINE
    const struct sandbox_calls *calls = &sandbox_calls;
#ifdef MACHINE_OF_32_BITS
    if (data->arch == MACHINE_OF_32_BITS) calls = &sandbox_calls_of_32_bits;
#endif
    for (size_t index = 0; index < calls->watched_count; index++)
        if (calls->watched[index].number == data->nr) return &calls->watched[index];
#endif
    return 0;
}

/// The text at an address of another process: its length, or -1 where it is longer or can't be read.
static long read_text(pid_t process, unsigned long address, char *text, unsigned long size) {
    unsigned long length = 0;
    while (length < size) {
        // Up to a page's end: the next page may not be there.
        unsigned long part = 4096 - (address + length) % 4096;
        if (part > size - length) part = size - length;
        struct iovec local = {.iov_base = text + length, .iov_len = part};
        struct iovec remote = {.iov_base = (void *)(address + length), .iov_len = part};
        ssize_t got = process_vm_readv(process, &local, 1, &remote, 1, 0);
        if (got <= 0) return -1;
        char *end = memchr(text + length, 0, (size_t)got);
        if (end) return end - text;
        length += (unsigned long)got;
    }
    return -1;
}

/// What a link of a process in /proc leads to, as the process sees it; null where that can't be told.
static const char *follow(pid_t process, const char *link, char *text, unsigned long size) {
    char place[64], root[4096];
    snprintf(place, sizeof place, "/proc/%d/%s", process, link);
    ssize_t length = readlink(place, text, size - 1);
    if (length <= 0 || text[0] != '/') return 0;
    text[length] = 0;
    snprintf(place, sizeof place, "/proc/%d/root", process);
    ssize_t root_length = readlink(place, root, sizeof root - 1);
    if (root_length <= 0) return 0;
    // Of a chroot, paths are told as they are outside of it.
    int is_inside = root_length > 1 && root_length <= length && !memcmp(text, root, (size_t)root_length);
    return is_inside ? text + root_length : text;
}

/// Makes a path absolute in the root that a process has. 0 where that can't be told.
static int make_absolute(pid_t process, int directory, char *path, unsigned long size) {
    if (path[0] == '/') return 1;
    char link[32], base[4096], text[8192];
    if (directory == AT_FDCWD) snprintf(link, sizeof link, "cwd");
    else snprintf(link, sizeof link, "fd/%d", directory);
    const char *inside = follow(process, link, base, sizeof base);
    if (!inside) return 0;
    int whole = snprintf(text, sizeof text, "%s/%s", !strcmp(inside, "/") ? "" : inside, path);
    if (whole <= 0 || (unsigned long)whole >= size || whole >= (int)sizeof text) return 0;
    memcpy(path, text, (size_t)whole + 1);
    return 1;
}

/// Whether an absolute path leads nowhere in the root that a process has. Errors of other kinds say nothing.
static int is_missed(pid_t process, const char *path) {
    char place[64];
    snprintf(place, sizeof place, "/proc/%d/root", process);
    int base = open(place, O_PATH | O_CLOEXEC);
    if (base < 0) return 0;
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
    int file = (int)syscall(SYS_openat2, base, path, &how, sizeof how);
    int error = file < 0 ? errno : 0;
    if (file >= 0) close(file);
    close(base);
    return error == ENOENT || error == ENOTDIR;
}

/// The range of a line of /proc/PID/maps, and what of the file behind it doesn't change: device and inode.
struct mapping {
    unsigned long start, end, inode;
    char device[16];
};

/// Whether a call comes from glibc's dynamic loader, which looks in one place after the other. musl's is the C
/// library too.
static int is_of_loader(pid_t process, unsigned long instruction) {
    char place[64], line[PATH_SIZE], file[PATH_SIZE];
    unsigned long entry[2], base = 0;
    snprintf(place, sizeof place, "/proc/%d/auxv", process);
    FILE *stream = fopen(place, "re");
    if (!stream) return 0;
    while (!base && fread(entry, sizeof entry, 1, stream) == 1)
        if (entry[0] == AT_BASE) base = entry[1];
    fclose(stream);
    if (!base) return 0;
    snprintf(place, sizeof place, "/proc/%d/maps", process);
    stream = fopen(place, "re");
    if (!stream) return 0;
    struct mapping loader = {0}, caller = {0}, next;
    while (fgets(line, sizeof line, stream)) {
        file[0] = 0;
        if (sscanf(
                line, "%lx-%lx %*s %*s %15s %lu %s", &next.start, &next.end, next.device, &next.inode, file) < 4)
            continue;
        const char *name = strrchr(file, '/');
        if (next.start == base && name && !strncmp(name, "/ld", 3) && strncmp(name, "/ld-musl", 8)) loader = next;
        if (next.start <= instruction && instruction < next.end) caller = next;
    }
    fclose(stream);
    return loader.inode && loader.inode == caller.inode && !strcmp(loader.device, caller.device);
}

/// What an end with another code than 0 is told of.
static int ends_badly(const struct seccomp_data *data, struct clinux_missed *missed, char *path, unsigned long size) {
    char text[4096];
    missed->code = (int)(data->args[0] & 0xFF);
    const char *program = missed->code ? follow(missed->process, "exe", text, sizeof text) : 0;
    if (!program || strlen(program) >= size) return 0;
    memcpy(path, program, strlen(program) + 1);
    return 1;
}

/// The same of what makes something: its directory isn't there, or it itself isn't yet.
static int makes(pid_t process, struct clinux_missed *missed, char *path) {
    if (!is_missed(process, path)) return 0;
    char *slash = strrchr(path, '/');
    if (!slash || slash == path) return 0;
    *slash = 0;
    // What is made isn't missed; its directory may be.
    int has_directory = !is_missed(process, path);
    if (has_directory) *slash = '/';
    missed->look = has_directory ? CLINUX_MADE : CLINUX_MAKES;
    return 1;
}

/// Whether a file that is there is one of users or groups that is opened to find a name.
static int finds_name(const struct seccomp_data *data, struct clinux_missed *missed, char *path, unsigned long size) {
    int users = !strcmp(path, "/etc/passwd");
    if (missed->look != CLINUX_OPENS || (!users && strcmp(path, "/etc/group"))) return 0;
#ifdef MACHINE
    if (data->arch != MACHINE) return 0;
#endif
    missed->look = users ? CLINUX_READS_USERS : CLINUX_READS_GROUPS;
    return sandbox_stack_words(missed->process, path, size) > 0;
}

static int looks_at(const struct seccomp_notif *request, struct clinux_missed *missed, char *path, unsigned long size) {
    const struct seccomp_data *data = &request->data;
    const struct watched_call *call = find_call(data);
    pid_t process = missed->process = (pid_t)request->pid;
    if (!call) return 0;
    missed->look = call->look;
    missed->is_of_loader = 0;
    if (call->look == CLINUX_ENDS) return ends_badly(data, missed, path, size);
    if (read_text(process, data->args[(int)call->path], path, size) <= 0) return 0;
    if (call->flags >= 0 && (data->args[(int)call->flags] & O_CREAT)) missed->look = CLINUX_MAKES;
    int directory = call->directory < 0 ? AT_FDCWD : (int)data->args[(int)call->directory];
    if (!make_absolute(process, directory, path, size)) return 0;
    if (missed->look == CLINUX_MAKES) return makes(process, missed, path);
    if (!is_missed(process, path)) return finds_name(data, missed, path, size);
    missed->is_of_loader = is_of_loader(process, data->instruction_pointer);
    return 1;
}

/// Whether a socket of a kind reaches nothing outside, and asks for no right.
static int stays_inside(int family, int type, int protocol) {
    if (family == AF_NETLINK) return protocol != NETLINK_AUDIT;
    return (family == AF_UNIX || family == AF_INET || family == AF_INET6) && type != SOCK_RAW;
}

/// Makes the socket that a 32-bit program asks for with socketcall(2), of the arguments as they are read here: 0
/// with its answer, or errno.
static int make_socket(int notifications, int sockets, const struct seccomp_notif *request) {
    // unsigned long args[3] of the call; those of 32-bit programs have half the size.
    int arguments[3];
    struct iovec local = {.iov_base = arguments, .iov_len = sizeof arguments};
    struct iovec remote = {.iov_base = (void *)request->data.args[1], .iov_len = sizeof arguments};
    if (process_vm_readv((pid_t)request->pid, &local, 1, &remote, 1, 0) != sizeof arguments) return EFAULT;
    struct message message = {
        .kind = KIND_SOCKET, .value = arguments[0], .type = arguments[1], .protocol = arguments[2]};
    if (!stays_inside(message.value, message.type & KIND_OF_SOCKET, message.protocol)) return EAFNOSUPPORT;
    int made;
    if (!sandbox_send(sockets, &message, -1) || !sandbox_receive(sockets, &message, &made)) return EPERM;
    if (message.kind != KIND_DONE || made < 0) return message.value ? message.value : EPERM;
    struct seccomp_notif_addfd answer = {
        .id = request->id, .flags = ANSWER_AT_ONCE, .srcfd = (unsigned)made,
        .newfd_flags = arguments[1] & SOCK_CLOEXEC ? O_CLOEXEC : 0};
    int error = ioctl(notifications, SECCOMP_IOCTL_NOTIF_ADDFD, &answer) < 0 ? ENOSYS : 0;
    close(made);
    return error;
}

int clinux_next_missed(
    int notifications, int sockets, struct clinux_missed *missed, char *path, unsigned long size) {
    struct pollfd wait = {.fd = notifications, .events = POLLIN};
    int ready = poll(&wait, 1, 200);
    if (ready == 0 || (ready < 0 && errno == EINTR)) return 0;
    if (ready < 0 || !(wait.revents & POLLIN)) return -1;
    struct seccomp_notif request = {0};
    // A process that was killed while it asked isn't there any more.
    if (ioctl(notifications, SECCOMP_IOCTL_NOTIF_RECV, &request)) return errno == ENOENT || errno == EINTR ? 0 : -1;
    struct seccomp_notif_resp answer = {.id = request.id};
    int is_missed = 0;
    if (is_socketcall(&request.data)) {
        // Going on, it could have made another of it meanwhile.
        answer.error = -make_socket(notifications, sockets, &request);
        if (!answer.error) return 0;
    } else {
        is_missed = looks_at(&request, missed, path, size);
        answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    }
    (void)ioctl(notifications, SECCOMP_IOCTL_NOTIF_SEND, &answer);
    return is_missed;
}
