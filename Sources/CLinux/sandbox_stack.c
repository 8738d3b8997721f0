#define _GNU_SOURCE
#include "sandbox_stack.h"

#include <stdio.h>
#include <string.h>
#include <sys/uio.h>

// How much of a stack is looked through: the frames of a C library between a look-up and the file. In words.
#define DEPTH 512
// useradd(8), "CAVEATS". In bytes.
#define NAME_LIMIT 32

/// Where the stack of a process ends that waits in a system call; 0 where that can't be told. See proc(5).
static unsigned long stack_pointer(pid_t process) {
    char place[64];
    unsigned long pointer = 0;
    snprintf(place, sizeof place, "/proc/%d/syscall", process);
    FILE *stream = fopen(place, "re");
    if (!stream) return 0;
    if (fscanf(stream, "%*d %*x %*x %*x %*x %*x %*x %lx", &pointer) != 1) pointer = 0;
    fclose(stream);
    return pointer;
}

static int is_of_name(char byte, int is_first) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' ||
           (!is_first && ((byte >= '0' && byte <= '9') || byte == '-' || byte == '.'));
}

/// The length of a name at an address of another process, which is read; 0 where there is none.
static unsigned long read_name(pid_t process, unsigned long address, char *name) {
    // Up to a page's end: the next page may not be there.
    unsigned long size = 4096 - address % 4096;
    if (size > NAME_LIMIT + 1) size = NAME_LIMIT + 1;
    struct iovec local = {.iov_base = name, .iov_len = size};
    struct iovec remote = {.iov_base = (void *)address, .iov_len = size};
    ssize_t got = process_vm_readv(process, &local, 1, &remote, 1, 0);
    unsigned long length = 0;
    while (got > 0 && length < (unsigned long)got && is_of_name(name[length], length == 0)) length++;
    return got > 0 && length < (unsigned long)got && !name[length] ? length : 0;
}

int sandbox_stack_words(pid_t process, char *text, unsigned long size) {
    unsigned long words[DEPTH], start = stack_pointer(process), used = 0;
    if (!start) return 0;
    struct iovec local = {.iov_base = words, .iov_len = sizeof words};
    struct iovec remote = {.iov_base = (void *)start, .iov_len = sizeof words};
    ssize_t got = process_vm_readv(process, &local, 1, &remote, 1, 0);
    int count = 0;
    for (ssize_t index = 0; index < got / (ssize_t)sizeof *words; index++) {
        char name[NAME_LIMIT + 1];
        // The first pages are nobody's.
        unsigned long length = words[index] < 0x10000 ? 0 : read_name(process, words[index], name);
        if (!length || used + length + 1 >= size) continue;
        memcpy(text + used, name, length);
        text[used + length] = '\n';
        used += length + 1;
        count++;
    }
    text[used] = 0;
    return count;
}
