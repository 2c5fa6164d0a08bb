/* A library to preload: one call of the operating system fails, just once.
 *
 *   SINGLE_FAULT_PATH   part of the path of the files that count
 *   SINGLE_FAULT_CALL   write | read | sync | close | truncate | rename
 *   SINGLE_FAULT_AT     which of these calls fails, from 0
 *   SINGLE_FAULT_ERRNO  with what; 0: it does half of what it is asked, where that is possible; -2: a write to a place says
 *                       that it is done, and does nothing
 *   SINGLE_FAULT_RANK   on which rank, if there are several
 *   SINGLE_FAULT_TRACE  instead: a file that gets a line "rank call" for every call that counts
 *
 * A failed `close` has closed the file all the same, and a failed `write` has written nothing.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PASS = -1, HALF = 0, LIE = -2 };

static long seen;

static const char *rank_of_process(void)
{
    const char *rank = getenv("OMPI_COMM_WORLD_RANK");
    return rank ? rank : getenv("PMI_RANK");
}

/* What becomes of a call on `path`: PASS, HALF, LIE or an errno. */
static int verdict_on(const char *call, const char *path)
{
    const char *part = getenv("SINGLE_FAULT_PATH"), *rank = rank_of_process();
    if (!part || !strstr(path, part))
        return PASS;
    const char *trace = getenv("SINGLE_FAULT_TRACE");
    if (trace) {
        char line[64];
        int length = snprintf(line, sizeof line, "%s %s\n", rank ? rank : "0", call);
        long file = syscall(SYS_openat, AT_FDCWD, trace, O_WRONLY | O_APPEND | O_CREAT, 0600);
        syscall(SYS_write, file, line, length);
        syscall(SYS_close, file);
        return PASS;
    }
    const char *wanted = getenv("SINGLE_FAULT_CALL"), *only = getenv("SINGLE_FAULT_RANK");
    if (!wanted || strcmp(wanted, call) || (rank && only && strcmp(rank, only)))
        return PASS;
    const char *at = getenv("SINGLE_FAULT_AT"), *number = getenv("SINGLE_FAULT_ERRNO");
    if (!at || !number || __sync_fetch_and_add(&seen, 1) != atol(at))
        return PASS;
    return atoi(number);
}

static int verdict(const char *call, int descriptor)
{
    char link[64], path[4096];
    int before = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = before;
    if (length <= 0)
        return PASS;
    path[length] = 0;
    return verdict_on(call, path);
}

#define REAL(function)                                   \
    static __typeof__(function) *real;                   \
    if (!real)                                           \
        real = (__typeof__(real))dlsym(RTLD_NEXT, #function)

#define FAIL(number)     \
    do {                 \
        errno = number;  \
        return -1;       \
    } while (0)

#define TRANSFER(function, call, buffer, offset_type)                                           \
    ssize_t function(int descriptor, buffer bytes, size_t count, offset_type offset)            \
    {                                                                                           \
        REAL(function);                                                                         \
        int fate = verdict(call, descriptor);                                                   \
        if (fate > 0)                                                                           \
            FAIL(fate);                                                                         \
        if (fate == LIE)                                                                        \
            return count;                                                                       \
        return real(descriptor, bytes, fate == HALF && count > 1 ? count / 2 : count, offset);  \
    }

TRANSFER(pwrite, "write", const void *, off_t)
TRANSFER(pwrite64, "write", const void *, off64_t)
TRANSFER(pread, "read", void *, off_t)
TRANSFER(pread64, "read", void *, off64_t)

#define STREAM(function, call, buffer)                                                 \
    ssize_t function(int descriptor, buffer bytes, size_t count)                       \
    {                                                                                  \
        REAL(function);                                                                \
        int fate = verdict(call, descriptor);                                          \
        if (fate > 0)                                                                  \
            FAIL(fate);                                                                \
        return real(descriptor, bytes, fate == HALF && count > 1 ? count / 2 : count); \
    }

STREAM(write, "write", const void *)
STREAM(read, "read", void *)

#define VECTOR(function, call)                                               \
    ssize_t function(int descriptor, const struct iovec *parts, int count)   \
    {                                                                        \
        REAL(function);                                                      \
        int fate = verdict(call, descriptor);                                \
        if (fate > 0)                                                        \
            FAIL(fate);                                                      \
        return real(descriptor, parts, fate == HALF && count > 1 ? 1 : count); \
    }

VECTOR(writev, "write")
VECTOR(readv, "read")

#define SIMPLE(function, call)                \
    int function(int descriptor)              \
    {                                         \
        REAL(function);                       \
        int fate = verdict(call, descriptor); \
        if (fate > 0)                         \
            FAIL(fate);                       \
        return real(descriptor);              \
    }

SIMPLE(fsync, "sync")
SIMPLE(fdatasync, "sync")

int close(int descriptor)
{
    REAL(close);
    int fate = verdict("close", descriptor);
    int result = real(descriptor);
    if (fate > 0)
        FAIL(fate);
    return result;
}

#define TRUNCATE(function, offset_type)              \
    int function(int descriptor, offset_type length) \
    {                                                \
        REAL(function);                              \
        int fate = verdict("truncate", descriptor);  \
        if (fate > 0)                                \
            FAIL(fate);                              \
        return real(descriptor, length);             \
    }

TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

int rename(const char *from, const char *to)
{
    REAL(rename);
    int fate = verdict_on("rename", to);
    if (fate > 0)
        FAIL(fate);
    return real(from, to);
}
