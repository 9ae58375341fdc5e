// Loaded into a service (LD_PRELOAD), not part of the program: whoever asks for the date gets it
// shifted by what the drill has written into the shared page.
//
// Only the date is wrong: monotonic clocks go on, and a deadline that was computed from the wrong
// date is put right before the kernel sees it, so a second's wait stays a second's wait. Times of
// files are the kernel's and stay right.
//
// Threads: any, also in signal handlers and between fork and exec: no locks, no memory.
#include <ctime>

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "injectors/wrong_clock/preload/clock_page.h"

namespace {

using reprise::ClockPage;

constexpr std::int64_t second = 1'000'000'000;

ClockPage* page = nullptr;

// The C library's own function, looked up when it is first called: constructors of other libraries
// run before ours. Of several versions dlsym of older C libraries finds the oldest.
class Next {
 public:
  explicit constexpr Next(const char* name, const char* version = nullptr)
      : name_(name), version_(version) {}

  template <class... Arguments>
  int operator()(Arguments... arguments) {
    void* found = found_.load(std::memory_order_relaxed);
    if (!found) {
      if (version_) found = ::dlvsym(RTLD_NEXT, name_, version_);
      if (!found) found = ::dlsym(RTLD_NEXT, name_);
      found_.store(found, std::memory_order_relaxed);
    }
    return reinterpret_cast<int (*)(Arguments...)>(found)(arguments...);
  }

 private:
  const char* name_;
  const char* version_;
  std::atomic<void*> found_ = nullptr;
};

constinit Next next_clock_gettime("clock_gettime");
constinit Next next_timespec_get("timespec_get");
constinit Next next_clock_nanosleep("clock_nanosleep");
constinit Next next_timer_settime("timer_settime", "GLIBC_2.3.3");
constinit Next next_timerfd_settime("timerfd_settime");
constinit Next next_sem_timedwait("sem_timedwait");
constinit Next next_sem_clockwait("sem_clockwait");
constinit Next next_pthread_cond_timedwait("pthread_cond_timedwait", "GLIBC_2.3.2");
constinit Next next_pthread_cond_clockwait("pthread_cond_clockwait");
constinit Next next_pthread_mutex_timedlock("pthread_mutex_timedlock");
constinit Next next_pthread_mutex_clocklock("pthread_mutex_clocklock");
constinit Next next_pthread_rwlock_timedrdlock("pthread_rwlock_timedrdlock");
constinit Next next_pthread_rwlock_timedwrlock("pthread_rwlock_timedwrlock");
constinit Next next_pthread_rwlock_clockrdlock("pthread_rwlock_clockrdlock");
constinit Next next_pthread_rwlock_clockwrlock("pthread_rwlock_clockwrlock");

[[gnu::constructor]] void map_page() {
  const char* path = ::getenv(reprise::clock_page_variable);
  const int file = path ? ::open(path, O_RDWR | O_CLOEXEC) : -1;
  if (file < 0) return;
  void* mapped = ::mmap(nullptr, sizeof(ClockPage), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ::close(file);
  if (mapped != MAP_FAILED) page = static_cast<ClockPage*>(mapped);
}

std::int64_t ahead() { return page ? page->ahead.load(std::memory_order_relaxed) : 0; }

timespec shifted(const timespec& time, std::int64_t by) {
  std::int64_t seconds = time.tv_sec + by / second;
  std::int64_t rest = time.tv_nsec + by % second;
  if (rest < 0) --seconds, rest += second;
  if (rest >= second) ++seconds, rest -= second;
  return {seconds, rest};
}

// The evidence that somebody was told a wrong date.
void count_reading() {
  page->readings.fetch_add(1, std::memory_order_relaxed);
  if (page->first.load(std::memory_order_relaxed) != 0) return;
  timespec now{};
  next_clock_gettime(CLOCK_MONOTONIC, &now);
  std::int64_t none = 0;
  page->first.compare_exchange_strong(none, now.tv_sec * second + now.tv_nsec);
}

timespec told(const timespec& date) {
  const std::int64_t by = ahead();
  if (by == 0) return date;
  count_reading();
  return shifted(date, by);
}

timespec date() {
  timespec now{};
  next_clock_gettime(CLOCK_REALTIME, &now);
  return told(now);
}

// A deadline as the kernel counts. One on a monotonic clock counts from the boot, so it is decades
// smaller than a date; one that is further off than any date means never.
timespec real_deadline(const timespec& deadline) {
  constexpr std::int64_t oldest_date = 20LL * 365 * 86'400;
  constexpr std::int64_t latest_date = 1LL << 40;
  if (deadline.tv_sec < oldest_date || deadline.tv_sec > latest_date) return deadline;
  return shifted(deadline, -ahead());
}

itimerspec real_deadline(const itimerspec& timer) {
  return {timer.it_interval, real_deadline(timer.it_value)};
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  const int result = next_clock_gettime(clock, now);
  const bool is_date =
      clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
  if (result == 0 && is_date) *now = told(*now);
  return result;
}

int gettimeofday(timeval* now, void* zone) noexcept {
  if (zone) *static_cast<struct timezone*>(zone) = {};
  const timespec exact = date();
  *now = {exact.tv_sec, exact.tv_nsec / 1000};
  return 0;
}

time_t time(time_t* now) noexcept {
  const time_t seconds = date().tv_sec;
  if (now) *now = seconds;
  return seconds;
}

int timespec_get(timespec* now, int base) noexcept {
  const int result = next_timespec_get(now, base);
  if (result == TIME_UTC) *now = told(*now);
  return result;
}

int clock_nanosleep(clockid_t clock, int flags, const timespec* until, timespec* left) {
  if (!(flags & TIMER_ABSTIME)) return next_clock_nanosleep(clock, flags, until, left);
  const timespec real = real_deadline(*until);
  return next_clock_nanosleep(clock, flags, &real, left);
}

int timer_settime(timer_t timer, int flags, const itimerspec* value, itimerspec* old) noexcept {
  if (!(flags & TIMER_ABSTIME)) return next_timer_settime(timer, flags, value, old);
  const itimerspec real = real_deadline(*value);
  return next_timer_settime(timer, flags, &real, old);
}

int timerfd_settime(int timer, int flags, const itimerspec* value, itimerspec* old) noexcept {
  if (!(flags & TFD_TIMER_ABSTIME)) return next_timerfd_settime(timer, flags, value, old);
  const itimerspec real = real_deadline(*value);
  return next_timerfd_settime(timer, flags, &real, old);
}

int sem_timedwait(sem_t* semaphore, const timespec* until) {
  const timespec real = real_deadline(*until);
  return next_sem_timedwait(semaphore, &real);
}

int sem_clockwait(sem_t* semaphore, clockid_t clock, const timespec* until) {
  const timespec real = real_deadline(*until);
  return next_sem_clockwait(semaphore, clock, &real);
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                           const timespec* until) {
  const timespec real = real_deadline(*until);
  return next_pthread_cond_timedwait(condition, mutex, &real);
}

int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           const timespec* until) {
  const timespec real = real_deadline(*until);
  return next_pthread_cond_clockwait(condition, mutex, clock, &real);
}

int pthread_mutex_timedlock(pthread_mutex_t* mutex, const timespec* until) noexcept {
  const timespec real = real_deadline(*until);
  return next_pthread_mutex_timedlock(mutex, &real);
}

int pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock,
                            const timespec* until) noexcept {
  const timespec real = real_deadline(*until);
  return next_pthread_mutex_clocklock(mutex, clock, &real);
}

int pthread_rwlock_timedrdlock(pthread_rwlock_t* lock, const timespec* until) noexcept {
  const timespec real = real_deadline(*until);
  return next_pthread_rwlock_timedrdlock(lock, &real);
}

int pthread_rwlock_timedwrlock(pthread_rwlock_t* lock, const timespec* until) noexcept {
  const timespec real = real_deadline(*until);
  return next_pthread_rwlock_timedwrlock(lock, &real);
}

int pthread_rwlock_clockrdlock(pthread_rwlock_t* lock, clockid_t clock,
                               const timespec* until) noexcept {
  const timespec real = real_deadline(*until);
  return next_pthread_rwlock_clockrdlock(lock, clock, &real);
}

int pthread_rwlock_clockwrlock(pthread_rwlock_t* lock, clockid_t clock,
                               const timespec* until) noexcept {
  const timespec real = real_deadline(*until);
  return next_pthread_rwlock_clockwrlock(lock, clock, &real);
}

}  // extern "C"
