#ifndef CLINUX_SANDBOX_STACK_H
#define CLINUX_SANDBOX_STACK_H

#include <sys/types.h>

/// Words to which the upper part of the stack of a process points that waits in a system call: a line each, the
/// nearest first, each at most 32 bytes of what names of users and groups are made of. Their number.
///
/// A function that opens a file to find a name has that name somewhere on the way: a pointer to it was handed down,
/// and lies in the frame of a caller.
int sandbox_stack_words(pid_t process, char *text, unsigned long size);

#endif
