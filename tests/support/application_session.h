// A session with a test's PostgreSQL server as an application has one: under a name of its own, so
// that no fault takes it for reprise's and spares it.
//
// Ownership: the session owns its connection. Threads: one.
#pragma once

#include <string>

#include "injectors/servers/postgres.h"
#include "tests/support/fixed_surroundings.h"
#include "tests/support/postgres_server.h"

namespace reprise {

[[nodiscard]] inline Result<AdminSession> application_session(const PostgresServer& server,
                                                              const std::string& database,
                                                              const std::string& user = "spe") {
  FixedSurroundings of_application;
  of_application.databases["any"] = server.url(database, user);
  auto session = AdminSession::of_plan(of_application, "any");
  if (session) (void)session->query("SET application_name = 'application'");
  return session;
}

}  // namespace reprise
