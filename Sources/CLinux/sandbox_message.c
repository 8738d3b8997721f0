#define _GNU_SOURCE
#include "sandbox_message.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int sandbox_send(int socket, const struct message *message, int descriptor) {
    char control[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec content = {.iov_base = (void *)message, .iov_len = sizeof *message};
    struct msghdr header = {.msg_iov = &content, .msg_iovlen = 1};
    if (descriptor >= 0) {
        header.msg_control = control;
        header.msg_controllen = sizeof control;
        struct cmsghdr *first = CMSG_FIRSTHDR(&header);
        first->cmsg_level = SOL_SOCKET;
        first->cmsg_type = SCM_RIGHTS;
        first->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(first), &descriptor, sizeof descriptor);
    }
    ssize_t sent;
    do sent = sendmsg(socket, &header, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)sizeof *message;
}

int sandbox_receive(int socket, struct message *message, int *descriptor) {
    char control[CMSG_SPACE(sizeof(int))];
    struct iovec content = {.iov_base = message, .iov_len = sizeof *message};
    struct msghdr header = {
        .msg_iov = &content, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    *descriptor = -1;
    ssize_t size;
    do size = recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
    while (size < 0 && errno == EINTR);
    if (size != (ssize_t)sizeof *message) return 0;
    struct cmsghdr *first = CMSG_FIRSTHDR(&header);
    if (first && first->cmsg_level == SOL_SOCKET && first->cmsg_type == SCM_RIGHTS)
        memcpy(descriptor, CMSG_DATA(first), sizeof *descriptor);
    return 1;
}

void sandbox_fail(int socket, enum clinux_stage stage, int error) {
    struct message message = {.kind = KIND_FAILED, .value = error, .stage = stage};
    sandbox_send(socket, &message, -1);
    _exit(127);
}
