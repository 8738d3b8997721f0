#define _GNU_SOURCE
#include "CLinux.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Removes trees with two open directories and no memory, however deep they are: what lies deeper than the second
// level is moved up first. So it can be done between fork(2) and the end of a process that had threads.

/// One entry as getdents64(2) gives it.
struct entry {
    uint64_t inode;
    int64_t position;
    unsigned short size;
    unsigned char type;
    char name[];
};

/// A removal under way.
struct removal {
    /// Of the directory that is removed.
    int top;
    /// The number of the last name that something moved up got.
    unsigned moved;
    /// How many names have been taken away from where they were.
    unsigned long done;
    /// The first failure of this round, or 0.
    int error;
};

static void note(struct removal *removal, int result) {
    if (!result) removal->done++;
    else if (!removal->error) removal->error = errno;
}

/// Opens a directory, and opens it to its owner if it was closed; a link isn't followed. -1 and errno.
static int open_directory(int parent, const char *name) {
    int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int directory = openat(parent, name, flags);
    if (directory < 0 && errno == EACCES && !fchmodat(parent, name, S_IRWXU, AT_SYMLINK_NOFOLLOW))
        directory = openat(parent, name, flags);
    if (directory < 0) return -1;
    // Names can't be taken out of one that is closed to writing or searching.
    struct stat status;
    if (!fstat(directory, &status) && (status.st_mode & S_IRWXU) != S_IRWXU) (void)!fchmod(directory, S_IRWXU);
    return directory;
}

/// Moves a directory up to the top, under a new name. 0, or -1 and errno.
static int move_up(struct removal *removal, int directory, const char *name) {
    // Its own entry for its parent changes with it, for which it has to be open to its owner.
    int moved = open_directory(directory, name);
    if (moved < 0) return -1;
    close(moved);
    for (;;) {
        char fresh[32];
        snprintf(fresh, sizeof fresh, ".removed-%u", ++removal->moved);
        if (!renameat(directory, name, removal->top, fresh)) return 0;
        if (errno != EEXIST && errno != ENOTEMPTY && errno != ENOTDIR) return -1;
    }
}

static void remove_entry(struct removal *removal, int directory, const char *name);

/// Removes all that is in a directory, or moves it up. Whether anything has gone.
static int clear(struct removal *removal, int directory) {
    _Alignas(struct entry) char list[8192];
    unsigned long before = removal->done;
    if (lseek(directory, 0, SEEK_SET)) return 0;
    for (;;) {
        long size = syscall(SYS_getdents64, directory, list, sizeof list);
        if (size < 0 && !removal->error) removal->error = errno;
        if (size <= 0) return removal->done > before;
        for (long position = 0; position < size;) {
            struct entry *entry = (struct entry *)(list + position);
            position += entry->size;
            if (strcmp(entry->name, ".") && strcmp(entry->name, ".."))
                remove_entry(removal, directory, entry->name);
        }
    }
}

static void remove_entry(struct removal *removal, int directory, const char *name) {
    int result = unlinkat(directory, name, 0);
    if (!result || errno != EISDIR) return note(removal, result);
    if (!unlinkat(directory, name, AT_REMOVEDIR)) return note(removal, 0);
    if (directory != removal->top) return note(removal, move_up(removal, directory, name));
    int inner = open_directory(directory, name);
    if (inner < 0) return note(removal, -1);
    // Whoever reads a directory may miss names while others are taken out.
    while (clear(removal, inner)) {}
    close(inner);
    note(removal, unlinkat(directory, name, AT_REMOVEDIR));
}

static int remove_open(struct removal *removal, int parent, const char *name) {
    do removal->error = 0;
    while (clear(removal, removal->top));
    close(removal->top);
    if (removal->error) return removal->error;
    return unlinkat(parent, name, AT_REMOVEDIR) ? errno : 0;
}

int clinux_remove_directory(int parent, const char *name) {
    struct removal removal = {.top = open_directory(parent, name)};
    return removal.top < 0 ? errno : remove_open(&removal, parent, name);
}

int clinux_remove_known_directory(
    int parent, const char *name, unsigned long device, unsigned long inode) {
    struct stat status;
    struct removal removal = {.top = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
    if (removal.top < 0) return errno;
    if (fstat(removal.top, &status) || status.st_dev != device || status.st_ino != inode) {
        close(removal.top);
        return ESTALE;
    }
    return remove_open(&removal, parent, name);
}
