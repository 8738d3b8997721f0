#include "sandbox.h"

#include <stdlib.h>
#include <string.h>

/// The next text; null where there are no more.
static const char *next_text(const char **position, const char *end) {
    const char *text = *position;
    const char *last = text < end ? memchr(text, 0, (size_t)(end - text)) : 0;
    if (!last) return 0;
    *position = last + 1;
    return text;
}

static const char **next_list(const char **position, const char *end, unsigned count, const char ***rest) {
    const char **list = *rest;
    for (unsigned index = 0; index < count; index++) {
        list[index] = next_text(position, end);
        if (!list[index]) return 0;
    }
    list[count] = 0;
    *rest += count + 1;
    return list;
}

int sandbox_read(
    const struct clinux_sandbox *request, const char *texts, unsigned long size, struct sandbox *sandbox,
    const char ***memory) {
    const char *position = texts, *end = texts + size;
    size_t count = (size_t)request->root_name_count + request->etc_name_count + request->argument_count
        + request->variable_count + request->writable_count + 3 * (size_t)request->mount_count + 6;
    const char **rest = *memory = calloc(count, sizeof *rest);
    if (!rest) return 0;
    sandbox->request = request;
    sandbox->grants = 0;
    sandbox->root = next_text(&position, end);
    sandbox->program = next_text(&position, end);
    sandbox->directory = next_text(&position, end);
    sandbox->emulator = next_text(&position, end);
    if (!sandbox->emulator) return 0;
    if (!sandbox->emulator[0]) sandbox->emulator = 0;
    sandbox->root_names = next_list(&position, end, request->root_name_count, &rest);
    sandbox->etc_names = sandbox->root_names ? next_list(&position, end, request->etc_name_count, &rest) : 0;
    sandbox->arguments = sandbox->etc_names ? next_list(&position, end, request->argument_count, &rest) : 0;
    sandbox->environment = sandbox->arguments ? next_list(&position, end, request->variable_count, &rest) : 0;
    sandbox->writable = sandbox->environment ? next_list(&position, end, request->writable_count, &rest) : 0;
    sandbox->mounts = sandbox->writable ? next_list(&position, end, 3 * request->mount_count, &rest) : 0;
    return sandbox->mounts != 0 && request->mount_count <= CLINUX_MOUNT_LIMIT;
}
