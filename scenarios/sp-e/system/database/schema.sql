-- Read by "postgres --single -j": a statement ends with a semicolon and an empty line.

CREATE TABLE readings (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  site text NOT NULL CHECK (site <> ''),
  kw double precision NOT NULL CHECK (kw >= 0),
  recorded_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX readings_by_site ON readings (site, recorded_at);

-- Two days of hourly load: an evening peak, a quiet night, a little irregularity.
INSERT INTO readings (site, kw, recorded_at)
SELECT 'campus',
       round((140 - 35 * cos((extract(hour FROM hour AT TIME ZONE 'UTC') - 6) * pi() / 12)
              + 8 * sin(extract(epoch FROM hour) / 3600 * 1.7))::numeric, 1),
       hour
FROM generate_series(date_trunc('hour', now()) - interval '47 hours',
                     date_trunc('hour', now()), interval '1 hour') AS hour;

