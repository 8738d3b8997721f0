#ifndef CLINUX_H
#define CLINUX_H

/// Opens a new file without a name in a directory, for writing; -1 and errno where that can't be
/// done. open(2), O_TMPFILE: a macro that Swift doesn't import.
int clinux_open_nameless(const char *directory, unsigned int permissions);

/// Whether a signal is ignored: 1 or 0. signal(2), SIG_IGN: a macro that Swift doesn't import.
int clinux_is_ignored(int signal);

#endif
