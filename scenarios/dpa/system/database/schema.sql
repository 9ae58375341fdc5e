-- Read by "postgres --single -j": a statement ends with a semicolon and an empty line.

-- dpa_keeper owns everything and nobody can log in as it. The pipeline is dpa_etl, which may add
-- and not remove; whoever only looks is dpa_reader.
CREATE ROLE dpa_keeper NOLOGIN;

CREATE ROLE dpa_etl LOGIN;

CREATE ROLE dpa_reader LOGIN;

ALTER ROLE dpa_reader SET default_transaction_read_only = on;

-- Readers give up on a locked table; the sessions they leave must not use up the connections.
ALTER ROLE dpa_reader SET statement_timeout = '2s';

ALTER DATABASE dpa SET timezone = 'UTC';

ALTER SCHEMA public OWNER TO dpa_keeper;

SET ROLE dpa_keeper;

-- One entry a batch, whatever became of it. The entry exists before the load begins, so that
-- nothing can be loaded which is not in it; "loaded" is set by the transaction that loads.
CREATE TABLE batch_log (
  entry bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  batch_id text PRIMARY KEY,
  day date NOT NULL,
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  outcome text NOT NULL DEFAULT 'running'
    CHECK (outcome IN ('running', 'loaded', 'skipped', 'failed')),
  reason text,
  records_read integer,
  bad_records integer,
  facts integer CHECK (facts > 0),
  UNIQUE (batch_id, day),
  CHECK ((outcome = 'loaded') = (facts IS NOT NULL)),
  CHECK (outcome NOT IN ('skipped', 'failed') OR reason IS NOT NULL)
);

CREATE TABLE carriers (
  code text PRIMARY KEY,
  name text NOT NULL CHECK (name <> '')
);

CREATE TABLE destinations (
  code text PRIMARY KEY CHECK (code <> '')
);

CREATE TABLE facts (
  shipment_ref text PRIMARY KEY,
  day date NOT NULL,
  carrier text NOT NULL REFERENCES carriers,
  destination text NOT NULL REFERENCES destinations,
  source text NOT NULL CHECK (source IN ('api', 'file')),
  weight_g bigint NOT NULL CHECK (weight_g > 0),
  cost_cents bigint NOT NULL CHECK (cost_cents >= 0),
  batch_id text NOT NULL,
  FOREIGN KEY (batch_id, day) REFERENCES batch_log (batch_id, day)
);

CREATE INDEX facts_by_day ON facts (day);

CREATE INDEX facts_by_batch ON facts (batch_id);

-- The only way by which facts are removed: a day makes room for the batch that replaces it.
-- It also announces how many facts that batch brings, which is held against it at COMMIT.
CREATE FUNCTION replace_day(the_batch text, the_day date, announced integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  removed bigint;
BEGIN
  UPDATE batch_log SET outcome = 'loaded', facts = announced
   WHERE batch_id = the_batch AND day = the_day AND outcome = 'running';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'batch % for % is not running', the_batch, the_day;
  END IF;
  PERFORM set_config('dpa.replacing', the_batch, true);
  DELETE FROM facts WHERE day = the_day;
  GET DIAGNOSTICS removed = ROW_COUNT;
  PERFORM set_config('dpa.replacing', '', true);
  RETURN removed;
END $$;

CREATE FUNCTION check_batch_complete() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  brought bigint;
  strangers bigint;
BEGIN
  SELECT count(*) FILTER (WHERE batch_id = NEW.batch_id),
         count(*) FILTER (WHERE batch_id <> NEW.batch_id)
    INTO brought, strangers FROM facts WHERE day = NEW.day;
  IF brought <> NEW.facts OR strangers > 0 THEN
    RAISE EXCEPTION 'batch % is not complete: % facts announced, % brought, % of another batch',
      NEW.batch_id, NEW.facts, brought, strangers USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

-- Without this, replace_day would be a DELETE for everybody: a day could be removed and nothing
-- put in its place.
CREATE CONSTRAINT TRIGGER batch_complete AFTER UPDATE OF outcome ON batch_log
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.outcome = 'loaded') EXECUTE FUNCTION check_batch_complete();

CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'batch % has its outcome: the log is not rewritten', OLD.batch_id
    USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER log_is_final BEFORE UPDATE ON batch_log
FOR EACH ROW WHEN (OLD.finished_at IS NOT NULL) EXECUTE FUNCTION refuse_rewriting();

-- Privileges stop the pipeline; a trigger also stops an administrator's mistake.
CREATE FUNCTION refuse_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Only replace_day does so, as the keeper; the keeper on its own may not.
  IF TG_TABLE_NAME = 'facts' AND TG_OP = 'DELETE' AND current_user = 'dpa_keeper'
     AND current_setting('dpa.replacing', true) <> '' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION '% is protected: % refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER protected BEFORE DELETE OR TRUNCATE ON facts
FOR EACH STATEMENT EXECUTE FUNCTION refuse_deletion();

CREATE TRIGGER protected BEFORE DELETE OR TRUNCATE ON carriers
FOR EACH STATEMENT EXECUTE FUNCTION refuse_deletion();

CREATE TRIGGER protected BEFORE DELETE OR TRUNCATE ON destinations
FOR EACH STATEMENT EXECUTE FUNCTION refuse_deletion();

CREATE TRIGGER protected BEFORE DELETE OR TRUNCATE ON batch_log
FOR EACH STATEMENT EXECUTE FUNCTION refuse_deletion();

GRANT SELECT ON ALL TABLES IN SCHEMA public TO dpa_etl, dpa_reader;

GRANT INSERT ON facts, carriers, destinations, batch_log TO dpa_etl;

GRANT UPDATE (name) ON carriers TO dpa_etl;

-- Not "facts": that is replace_day's, and without it no entry can become "loaded".
GRANT UPDATE (finished_at, outcome, reason, records_read, bad_records) ON batch_log TO dpa_etl;

REVOKE EXECUTE ON FUNCTION replace_day FROM PUBLIC;

GRANT EXECUTE ON FUNCTION replace_day TO dpa_etl;

RESET ROLE;

-- Nothing of the warehouse is dropped by mistake, by nobody. On purpose: the administrator says
-- ALTER EVENT TRIGGER nothing_dropped DISABLE first. The guard stands outside the schema that it
-- guards: it would be dropped together with that, and never asked.
CREATE SCHEMA guard;

CREATE FUNCTION guard.refuse_drop() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE
  dropped record;
BEGIN
  FOR dropped IN
    SELECT object_identity FROM pg_event_trigger_dropped_objects()
     WHERE schema_name = 'public' OR object_identity = 'public'
  LOOP
    RAISE EXCEPTION '% is protected: DROP refused', dropped.object_identity
      USING ERRCODE = 'insufficient_privilege';
  END LOOP;
END $$;

CREATE EVENT TRIGGER nothing_dropped ON sql_drop EXECUTE FUNCTION guard.refuse_drop();

