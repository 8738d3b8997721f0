#ifndef CLINUX_SANDBOX_MESSAGE_H
#define CLINUX_SANDBOX_MESSAGE_H

#include "CLinuxSandbox.h"

/// In milliseconds: how long one try to connect may take.
#define CONNECTION_LIMIT 1000

// What the guard and its parent tell each other.
enum kind {
    KIND_STARTED,
    KIND_FAILED,
    KIND_ENDED,
    KIND_CONNECT,
    KIND_SOCKET,
    /// With a descriptor.
    KIND_DONE,
    KIND_REFUSED,
};

struct message {
    enum kind kind;
    /// Of KIND_STARTED, the program's process; of KIND_ENDED, the status of wait(2); of KIND_FAILED and KIND_REFUSED,
    /// errno; of KIND_CONNECT, the port; of KIND_SOCKET, the family.
    int value;
    /// Of KIND_SOCKET, the others of socket(2).
    int type;
    int protocol;
    enum clinux_stage stage;
    int has_proc;
    int is_read_only;
};

/// Sends a message with a descriptor, or none for -1. Whether it was sent.
int sandbox_send(int socket, const struct message *message, int descriptor);

/// Receives a message: 1, or 0 where the other side has gone. The descriptor is -1 where none came.
int sandbox_receive(int socket, struct message *message, int *descriptor);

/// Tells what couldn't be done, and ends this process.
_Noreturn void sandbox_fail(int socket, enum clinux_stage stage, int error);

#endif
