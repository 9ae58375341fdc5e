// One function a verb, one file a function: adds the sub-command and, when it is called, runs it
// and sets `code`.
#pragma once

namespace CLI {
class App;
}

namespace reprise {

void add_run(CLI::App& app, int& code);
void add_inject(CLI::App& app, int& code);
void add_check(CLI::App& app, int& code);
void add_explain(CLI::App& app, int& code);
void add_list(CLI::App& app, int& code);
void add_schema(CLI::App& app, int& code);
void add_report(CLI::App& app, int& code);
void add_undo(CLI::App& app, int& code);
void add_doctor(CLI::App& app, int& code);

}  // namespace reprise
