#include <gtest/gtest.h>

#include "harness/model/plan/plan.h"
#include "harness/model/time.h"

namespace reprise {
namespace {

TEST(Durations, AreReadWithTheirUnits) {
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("5min"), 5min);
  EXPECT_EQ(parse_duration("1h30min"), 90min);
  EXPECT_EQ(parse_duration("0s"), 0s);
  EXPECT_EQ(parse_duration("3months"), 90 * 24h);
  EXPECT_EQ(parse_duration("1years"), 365 * 24h);
  EXPECT_EQ(parse_duration("2w1d"), 15 * 24h);
  EXPECT_EQ(parse_duration("1.5ms"), 1500us);
  EXPECT_EQ(parse_duration("007ns"), 7ns);
}

TEST(Durations, ThatMakeNoSenseAreRefused) {
  for (const char* text : {"",
                           "5",
                           "-5s",
                           "s",
                           "5 s",
                           "5S",
                           "5 min",
                           "1min1h",
                           "1s1s",
                           "1.s",
                           ".5s",
                           "1..5s",
                           "0.5ns",
                           "300years",
                           "9999999999999999999s",
                           "5parsecs",
                           "1e3s",
                           "5s ",
                           "1h-5s",
                           "99999999years",
                           "292years200d",
                           "\xff\xff"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Durations, AreWrittenInTheShortestExactForm) {
  EXPECT_EQ(format_duration(90s), "1min30s");
  EXPECT_EQ(format_duration(1500us), "1.5ms");
  EXPECT_EQ(format_duration(0s), "0s");
  EXPECT_EQ(format_duration(1h), "1h");
  EXPECT_EQ(format_duration(90 * 24h), "90d");
  EXPECT_EQ(format_duration(-90s), "-1min30s");
  EXPECT_EQ(format_duration(1'000'000'001ns), "1.000000001s");
}

TEST(Durations, AreReadBackAsTheyWereWritten) {
  for (std::int64_t count = 1; count > 0 && count < INT64_MAX / 7; count = count * 7 + 3) {
    EXPECT_EQ(parse_duration(format_duration(Duration(count))), Duration(count)) << count;
  }
  EXPECT_EQ(parse_duration(format_duration(Duration::max())), Duration::max());
  EXPECT_EQ(format_duration(Duration::min())[0], '-');
}

TEST(Sizes, AreReadWithTheirUnits) {
  EXPECT_EQ(parse_size("64KiB"), 65536U);
  EXPECT_EQ(parse_size("10MB"), 10'000'000U);
  EXPECT_EQ(parse_size("512B"), 512U);
  EXPECT_EQ(parse_size("1.5KiB"), 1536U);
  for (const char* text : {"", "64", "64K", "-1B", "0.5B", "99999999TiB", "1KiB1B", "1 KiB"}) {
    EXPECT_FALSE(parse_size(text)) << text;
  }
}

TEST(Percentages, BecomeTheNearestShareOfOne) {
  EXPECT_EQ(parse_percentage("99.9%"), 0.999);
  EXPECT_EQ(parse_percentage("100%"), 1.0);
  EXPECT_EQ(parse_percentage("0%"), 0.0);
  for (const char* text : {"99.9", "101%", "100.1%", "-1%", "%", "1%%", "nan%"}) {
    EXPECT_FALSE(parse_percentage(text)) << text;
  }
}

TEST(UtcInstants, AreWrittenWithMilliseconds) {
  EXPECT_EQ(format_utc(UtcInstant(1'772'366'400'123'999'999ns)), "2026-03-01T12:00:00.123Z");
  EXPECT_EQ(format_utc(UtcInstant(-1ns)), "1969-12-31T23:59:59.999Z");
}

TEST(Texts, AreGivenInTheNearestLanguage) {
  Text text{{{"en", "hello"}, {"fr", "salut"}}};
  EXPECT_EQ(text.in("fr"), "salut");
  EXPECT_EQ(text.in("de"), "hello");
  EXPECT_EQ((Text{{{"", "bare"}, {"en", "hello"}}}).in("de"), "bare");
  EXPECT_EQ((Text{{{"it", "ciao"}}}).in("de"), "ciao");
  EXPECT_EQ(Text{}.in("en"), "");
}

}  // namespace
}  // namespace reprise
