/* Sets the wall clock of one process, for drills: LD_PRELOAD it, then move the clock by clock_shift_ms, or let it stand at
 * clock_stands_ms where that is not 0. Other clocks go on as they are. */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

volatile long long clock_shift_ms = 0;
volatile long long clock_stands_ms = 0;

int clock_gettime(clockid_t clock, struct timespec *now) {
    int failed = syscall(SYS_clock_gettime, clock, now);
    if (!failed && clock == CLOCK_REALTIME) {
        long long ms = now->tv_sec * 1000LL + now->tv_nsec / 1000000 + clock_shift_ms;
        if (clock_stands_ms) ms = clock_stands_ms;
        now->tv_sec = ms / 1000;
        now->tv_nsec = ms % 1000 * 1000000;
    }
    return failed;
}
