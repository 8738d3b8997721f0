#ifndef CLINUX_SANDBOX_MOUNT_H
#define CLINUX_SANDBOX_MOUNT_H

#include <stddef.h>
#include <sys/stat.h>

#include "sandbox.h"

// What a new root is put together with. All return 0, or errno.

// A directory that every system has, which this process alone sees as it makes it: the new root is put together
// in it, and what is written to lies beside that. No name of a bundle can meet it.
#define PLACE "/tmp"
#define ROOT PLACE "/root"
#define LAYERS PLACE "/layers"
#define PATH_SIZE 4352
// How many files may be made in one; each costs the host's kernel about 1 KiB that no size counts.
#define FILE_LIMIT "65536"

/// What is bound: nothing can be written to it, nor be changed of its owner and mode.
enum bound {
    /// Files and directories.
    BOUND_FILES,
    /// The same, and programs have the rights that their files give.
    BOUND_PROGRAMS,
    /// A device, which takes what is written to it all the same.
    BOUND_DEVICE,
};

/// Binds a file or directory to a place, with what is mounted below.
///
/// The flags that a mount has already stay: in a namespace for users they can't be taken away.
int sandbox_bind(const char *source, const char *place, enum bound bound);

int sandbox_mount_memory(const char *place, const char *options);

int sandbox_make_file(const char *path, const char *text);

/// Whether a path fits into PATH_SIZE bytes.
int sandbox_join(char *path, const char *directory, const char *name);

/// Opens what a path leads to in a root, whose links lead nowhere else; -1 and errno.
int sandbox_open_inside(int root, const char *path);

/// A path by which a descriptor can be mounted from and to.
const char *sandbox_path_of(int descriptor, char *path, size_t size);

/// Makes directories that can be written to: what the bundle has there stays as it is.
///
/// - Parameter root: that of the bundle. A descriptor.
int sandbox_mount_writable(const struct sandbox *sandbox, int root);

/// Makes the directory in memory in which what is written stays.
int sandbox_make_layers(void);

/// Lays a directory in memory over one, of which what is changed is kept there; an empty one it replaces.
///
/// - Parameters:
///   - number: another one each time.
///   - status: of what it has the mode.
///   - flags: of mount(2).
int sandbox_cover(
    int number, const char *source, const char *place, const struct stat *status, uid_t user, gid_t group,
    unsigned long flags);

/// Has a mount, of which a descriptor is the root, refuse all writing.
int sandbox_close_mount(int root);

/// Opens what the user gives, before anything hides it: a descriptor for each.
int sandbox_open_given(const struct sandbox *sandbox, int *sources);

/// Makes the places of what the user gives, where the bundle has none.
int sandbox_make_places(const struct sandbox *sandbox, const int *sources);

/// Mounts what the user gives. Nothing of it gives rights.
int sandbox_mount_given(const struct sandbox *sandbox, const int *sources);

#endif
