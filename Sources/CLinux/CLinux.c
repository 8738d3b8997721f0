#define _GNU_SOURCE
#include "CLinux.h"

#include <fcntl.h>

int clinux_open_nameless(const char *directory, unsigned int permissions) {
    return open(directory, O_WRONLY | O_CLOEXEC | O_TMPFILE, (mode_t)permissions);
}
