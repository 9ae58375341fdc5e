// Lanes of the failover picture. Each draws itself below the one before.
//
// Ownership: a Canvas refers to the words and the axis it is given. Threads: one at a time.
#pragma once

#include <string>

#include "reports/html/axis.h"
#include "reports/html/page.h"

namespace reprise {

struct Canvas {
  const Words& words;
  const Axis& axis;
  double y = 0;      // where the next lane begins
  std::string body;  // SVG

  // The lane's name in the margin; `small` stands beside its rows.
  void name(double baseline, std::string_view text);
  void small(double baseline, std::string_view text);
  // Text in the drawing itself.
  void note(double x, double baseline, std::string_view text, std::string_view anchor = "start");
  // A gap and a hairline between lanes.
  void separate();
};

void draw_phases(Canvas& canvas, const Record& record);
void draw_faults(Canvas& canvas, const Record& record);
void draw_probe(Canvas& canvas, const Record& record, const ProbeRecord& probe);
void draw_ledger(Canvas& canvas, const std::string& name, const LedgerRecord& ledger);
void draw_services(Canvas& canvas, const Record& record);
void draw_procedures(Canvas& canvas, const Record& record);
void draw_measures(Canvas& canvas, const Drill& drill);

}  // namespace reprise
