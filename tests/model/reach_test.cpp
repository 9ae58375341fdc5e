// What is on this machine and what is elsewhere, however an address is written.
#include "harness/model/plan/reach.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace reprise {
namespace {

Plan near_and_far() {
  Plan plan;
  plan.services["web"].name = "web";
  plan.services["near"].external = true;
  plan.services["near"].address = "127.0.0.1:5432";
  plan.services["far"].external = true;
  plan.services["far"].address = "db.example.com:5432";
  plan.links["to-web"].to = "web";
  plan.links["to-far"].to = "far";
  plan.links["on-and-on"].to = "${links.on-and-on.address}";
  plan.links["twice"].to = "${links.to-far.address}";
  return plan;
}

TEST(Reach, ThisMachineIsItsLoopbackAndTheServicesOfThePlan) {
  for (const char* address :
       {"127.0.0.1:80", "127.8.9.10:80", "localhost:80", "localhost.:80", "api.localhost:80",
        "[::1]:80", "[::ffff:127.0.0.1]:80", "::1", "${services.web.address}",
        "${services.near.address}", "${links.to-web.address}", "127.0.0.1:${services.web.port}",
        "${links.on-and-on.address}"}) {
    EXPECT_EQ(elsewhere(near_and_far(), address), "") << address;
  }
}

TEST(Reach, EverythingElseIsElsewhere) {
  for (const char* address :
       {"api.example.com:443", "10.0.0.1:80", "0.0.0.0:80", "[2001:db8::1]:80", "localhost.com:80",
        "127.0.0.1.example.com:80", "128.0.0.1:80", "${services.far.address}",
        "${links.to-far.address}", "${links.twice.address}", "db:${services.web.port}"}) {
    EXPECT_NE(elsewhere(near_and_far(), address), "") << address;
  }
}

TEST(Reach, ADatabaseIsWhereEveryHostOfItsSettingsIs) {
  for (const char* name : {"PGHOST", "PGHOSTADDR", "PGSERVICE"}) ::unsetenv(name);
  for (const char* near :
       {"postgresql://me:pw@127.0.0.1:5432/x", "postgresql://me@${services.web.address}/x",
        "postgresql:///x", "postgresql:///x?host=/run/postgresql", "postgresql://%2Frun%2Fpg/x",
        "host=localhost port=5432 password=db.example.com", "dbname=x",
        "postgresql://a@h@localhost/x", "postgresql://localhost,127.0.0.1:5433/x"}) {
    EXPECT_EQ(database_elsewhere(near_and_far(), near), "") << near;
  }
  for (const char* far :
       {"postgresql://me:pw@db.example.com/x", "postgresql://localhost,db.example.com/x",
        "postgresql://localhost/x?host=db.example.com", "host=db.example.com dbname=x",
        "postgresql://localhost/x?hostaddr=10.0.0.1", "host='10.0.0.1'", "service=prod",
        "postgresql://me@${services.far.address}/x", "postgresql://me@${links.to-far.address}/x",
        "postgresql://localhost@db.example.com/x"}) {
    EXPECT_NE(database_elsewhere(near_and_far(), far), "") << far;
  }
  ::setenv("PGHOST", "db.example.com", 1);
  EXPECT_EQ(database_elsewhere(near_and_far(), "postgresql:///x"), "db.example.com");
  ::unsetenv("PGHOST");
}

}  // namespace
}  // namespace reprise
