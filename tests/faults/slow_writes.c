/* A library to preload: writes to a place in a file take long, as on a disk that can't keep up.
 *
 *   SLOW_WRITES_PATH        part of the path of the files that count
 *   SLOW_WRITES_US_PER_KIB  how long a KiB takes, µs
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void delay(int descriptor, size_t count)
{
    const char *part = getenv("SLOW_WRITES_PATH"), *per_kib = getenv("SLOW_WRITES_US_PER_KIB");
    char link[64], path[4096];
    int before = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = before;
    if (length <= 0 || !part || !per_kib)
        return;
    path[length] = 0;
    if (strstr(path, part))
        usleep((useconds_t)(atof(per_kib) * (double)count / 1024.0));
}

#define SLOW(name, offset_type)                                                              \
    ssize_t name(int descriptor, const void *bytes, size_t count, offset_type offset)        \
    {                                                                                        \
        static __typeof__(name) *real;                                                       \
        if (!real)                                                                           \
            real = (__typeof__(real))dlsym(RTLD_NEXT, #name);                                \
        delay(descriptor, count);                                                            \
        return real(descriptor, bytes, count, offset);                                       \
    }

SLOW(pwrite, off_t)
SLOW(pwrite64, off64_t)
