-- Read by "postgres --single -j": a statement ends with a semicolon and an empty line.

CREATE EXTENSION amcheck;

CREATE TABLE users (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  login text NOT NULL UNIQUE CHECK (login <> ''),
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE products (
  sku text PRIMARY KEY,
  title text NOT NULL,
  price_cents integer NOT NULL CHECK (price_cents > 0),
  stock integer NOT NULL CHECK (stock >= 0),
  image text NOT NULL
);

CREATE TABLE carts (
  user_id bigint PRIMARY KEY REFERENCES users,
  items jsonb NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- "json", not "jsonb": a payload is given back as it came, its keys in their order.
CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  reference text NOT NULL CHECK (reference <> ''),
  user_id bigint NOT NULL REFERENCES users,
  payload json,
  idempotency_key text UNIQUE,
  request_hash text,
  created_at timestamptz NOT NULL DEFAULT now(),
  prepared_at timestamptz
);

CREATE INDEX orders_to_prepare ON orders (id) WHERE prepared_at IS NULL;

CREATE INDEX orders_by_user ON orders (user_id);

CREATE TABLE order_lines (
  order_id bigint NOT NULL REFERENCES orders,
  sku text NOT NULL REFERENCES products,
  quantity integer NOT NULL CHECK (quantity > 0),
  unit_price_cents integer NOT NULL CHECK (unit_price_cents > 0),
  PRIMARY KEY (order_id, sku)
);

-- The shop does none of this: whoever does is worth a line in the log, where
-- scripts/find-incident.sh finds the instant. (DROP is logged by log_statement.)
CREATE FUNCTION note_destruction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE LOG 'destructive: % on %', TG_OP, TG_TABLE_NAME;
  RETURN NULL;
END
$$;

CREATE TRIGGER note_destruction
  BEFORE DELETE OR TRUNCATE OR UPDATE ON users
  FOR EACH STATEMENT EXECUTE FUNCTION note_destruction();

CREATE TRIGGER note_destruction
  BEFORE DELETE OR TRUNCATE OR UPDATE OF sku, title, price_cents ON products
  FOR EACH STATEMENT EXECUTE FUNCTION note_destruction();

CREATE TRIGGER note_destruction
  BEFORE DELETE OR TRUNCATE OR UPDATE OF id, reference, user_id, payload, created_at ON orders
  FOR EACH STATEMENT EXECUTE FUNCTION note_destruction();

CREATE TRIGGER note_destruction
  BEFORE DELETE OR TRUNCATE OR UPDATE ON order_lines
  FOR EACH STATEMENT EXECUTE FUNCTION note_destruction();

INSERT INTO users (login, created_at)
SELECT 'client-' || to_char(n, 'FM000'), now() - interval '90 days' + n * interval '1 hour'
FROM generate_series(1, 60) AS n;

-- A stock that no drill empties.
INSERT INTO products (sku, title, price_cents, stock, image) VALUES
  ('bol-gres', 'Bol en grès', 1800, 1000000, 'bol-gres.svg'),
  ('bougie-cire', 'Bougie à la cire d’abeille', 1250, 1000000, 'bougie-cire.svg'),
  ('carnet-lin', 'Carnet relié en lin', 1490, 1000000, 'carnet-lin.svg'),
  ('couteau-bois', 'Couteau pliant, manche en bois', 3900, 1000000, 'couteau-bois.svg'),
  ('coussin-laine', 'Coussin en laine', 3500, 1000000, 'coussin-laine.svg'),
  ('lampe-osier', 'Lampe en osier', 6400, 1000000, 'lampe-osier.svg'),
  ('miel-tilleul', 'Miel de tilleul', 950, 1000000, 'miel-tilleul.svg'),
  ('panier-saule', 'Panier en saule', 4200, 1000000, 'panier-saule.svg'),
  ('plaid-alpaga', 'Plaid en alpaga', 8900, 1000000, 'plaid-alpaga.svg'),
  ('savon-olive', 'Savon à l’huile d’olive', 690, 1000000, 'savon-olive.svg'),
  ('tasse-email', 'Tasse émaillée', 1100, 1000000, 'tasse-email.svg'),
  ('torchon-coton', 'Torchon en coton', 1300, 1000000, 'torchon-coton.svg');

-- A month of orders that were prepared long ago.
INSERT INTO orders (reference, user_id, created_at, prepared_at)
SELECT 'archive-' || to_char(n, 'FM000'), 1 + n % 60, placed, placed + interval '2 hours'
FROM generate_series(1, 240) AS n, LATERAL (SELECT now() - n * interval '3 hours' AS placed) AS at;

INSERT INTO order_lines (order_id, sku, quantity, unit_price_cents)
SELECT o.id, p.sku, 1 + o.id % 3, p.price_cents
FROM orders AS o
JOIN (SELECT sku, price_cents, row_number() OVER (ORDER BY sku) AS rank FROM products) AS p
  ON p.rank - 1 IN (o.id % 12, (o.id * 5 + 3) % 12);

