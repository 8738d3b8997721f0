#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// A process of its own makes the directory and waits: nothing but its own end can leave the directory behind.

#define PREFIX "rootfs-pack."

/// What the keeper tells: 0 with the name, or errno.
struct message {
    int error;
    char name[32];
};

/// As mkdtemp(3), in an open directory.
static int make_directory(int parent, char *name) {
    static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (int round = 0; round < 100; round++) {
        unsigned char random[6];
        if (getrandom(random, sizeof random, 0) != sizeof random) return errno;
        memcpy(name, PREFIX, sizeof PREFIX);
        for (unsigned index = 0; index < sizeof random; index++)
            name[sizeof PREFIX - 1 + index] = letters[random[index] % (sizeof letters - 1)];
        name[sizeof PREFIX - 1 + sizeof random] = 0;
        if (!mkdirat(parent, name, S_IRWXU)) return 0;
        if (errno != EEXIST) return errno;
    }
    return EEXIST;
}

/// Leaves everything of the process that it comes from, but two descriptors.
static void leave(int parent, int control) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, 0);
    // What a terminal or a caller sends to all of them is for the others.
    setsid();
    (void)!chdir("/");
    unsigned low = (unsigned)(parent < control ? parent : control);
    unsigned high = (unsigned)(parent < control ? control : parent);
    // Whoever reads what they write shall see its end when they end.
    if (low > 0) syscall(SYS_close_range, 0, low - 1, 0);
    if (high > low + 1) syscall(SYS_close_range, low + 1, high - 1, 0);
    syscall(SYS_close_range, high + 1, ~0U, 0);
}

static void keep(int parent, int control) {
    leave(parent, control);
    struct message message = {0};
    message.error = make_directory(parent, message.name);
    (void)!send(control, &message, sizeof message, MSG_NOSIGNAL);
    if (message.error) _exit(0);
    // A word, or the end of all who could say one.
    char word;
    while (recv(control, &word, 1, 0) < 0 && errno == EINTR) {}
    int error = clinux_remove_directory(parent, message.name);
    (void)!send(control, &error, sizeof error, MSG_NOSIGNAL);
    _exit(0);
}

static void await(pid_t process) {
    while (waitpid(process, 0, 0) < 0 && errno == EINTR) {}
}

int clinux_keep_directory(const char *parent, char *name, struct clinux_kept_directory *kept) {
    int pair[2];
    int place = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (place < 0) return errno;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) {
        int error = errno;
        close(place);
        return error;
    }
    pid_t keeper = fork();
    if (keeper == 0) {
        close(pair[0]);
        keep(place, pair[1]);
    }
    struct message message = {.error = keeper < 0 ? errno : 0};
    close(place);
    close(pair[1]);
    if (keeper > 0) {
        ssize_t size;
        do size = recv(pair[0], &message, sizeof message, 0);
        while (size < 0 && errno == EINTR);
        if (size != (ssize_t)sizeof message) message.error = ECHILD;
        if (message.error) await(keeper);
    }
    if (message.error) {
        close(pair[0]);
        return message.error;
    }
    memcpy(name, message.name, sizeof message.name);
    *kept = (struct clinux_kept_directory){.keeper = keeper, .control = pair[0]};
    return 0;
}

int clinux_drop_directory(const struct clinux_kept_directory *kept) {
    int error = ECHILD;
    if (send(kept->control, "", 1, MSG_NOSIGNAL) == 1) {
        ssize_t size;
        do size = recv(kept->control, &error, sizeof error, 0);
        while (size < 0 && errno == EINTR);
        if (size != (ssize_t)sizeof error) error = ECHILD;
    }
    close(kept->control);
    await(kept->keeper);
    return error;
}
