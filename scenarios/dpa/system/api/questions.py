"""What the API asks the warehouse: each question is one statement, so each sees one state."""

FACTS = """WITH chosen AS (
    SELECT coalesce(%(day)s::date, (SELECT max(day) FROM facts)) AS day)
  SELECT (SELECT day::text FROM chosen) AS day, count(*) AS count,
         coalesce(sum(weight_g), 0)::bigint AS weight_g,
         coalesce(sum(cost_cents), 0)::bigint AS cost_cents,
         coalesce(array_agg(DISTINCT batch_id), '{}') AS batches
    FROM facts WHERE day = (SELECT day FROM chosen)"""

BATCHES = """SELECT batch_id, day::text, to_json(started_at) AS started_at,
         to_json(finished_at) AS finished_at, outcome, reason, records_read, bad_records, facts
    FROM batch_log ORDER BY entry DESC LIMIT %(limit)s"""

# partial_batches: the last batch that loaded a day has not all its facts, or more;
# mixed_days: facts of one day come from several batches;
# doubled_shipments: copies of a shipment beyond the first;
# unlogged_facts: facts of a batch which the log does not hold as loaded for that day.
CONSISTENCY = """SELECT
  (SELECT count(*) FROM (
     SELECT DISTINCT ON (day) batch_id, day, facts FROM batch_log
      WHERE outcome = 'loaded' ORDER BY day, entry DESC) AS last
    WHERE facts <> (SELECT count(*) FROM facts WHERE facts.batch_id = last.batch_id)
  ) AS partial_batches,
  (SELECT count(*) FROM (
     SELECT day FROM facts GROUP BY day HAVING count(DISTINCT batch_id) > 1) AS mixed
  ) AS mixed_days,
  (SELECT coalesce(sum(copies - 1), 0)::bigint FROM (
     SELECT count(*) AS copies FROM facts GROUP BY shipment_ref HAVING count(*) > 1) AS doubled
  ) AS doubled_shipments,
  (SELECT count(*) FROM facts WHERE NOT EXISTS (
     SELECT FROM batch_log AS logged WHERE logged.batch_id = facts.batch_id
        AND logged.day = facts.day AND logged.outcome = 'loaded')
  ) AS unlogged_facts"""
