-- Invoices and credit notes (one in 33) over two years: 85 %% in the first company, one in ten
-- in foreign currency, one in 14 payable in three instalments.
CREATE TEMP TABLE v_invoice AS
WITH drawn AS (
    SELECT g, c.id AS partner_id, c.payer_id, c.lateness,
           CASE WHEN random() < 0.85 THEN 1 ELSE 2 END AS company_n,
           CASE WHEN random() < 0.90 THEN 1 WHEN random() < 0.7 THEN 2 ELSE 3 END AS currency_n,
           %(today)s::date - floor(power(random(), 1.3) * 720)::int AS invoice_date,
           (ARRAY[0, 14, 30, 30, 30, 45, 60, 90])[1 + floor(random() * 8)::int] AS term,
           round(exp(random() * 6 + 3)::numeric, 2) AS value,
           random() AS r1, random() AS r2, g %% 33 = 0 AS is_credit, g %% 14 = 0 AS in_parts
      FROM generate_series(1, %(invoices)s) g
      JOIN v_customer c ON c.n = 1 + (g::bigint * 7919) %% %(customers)s),
numbered AS (
    SELECT *, row_number() OVER (ORDER BY (name NOT IN ('EUR', 'JPY')) DESC, name) AS n FROM v_currency)
SELECT d.*, co.company_id, co.currency_id AS company_currency_id, co.receivable, co.income,
       co.sale_journal, cu.currency_id, cu.digits, cu.rate,
       (base.m + d.g)::int AS move_id,
       CASE WHEN is_credit THEN -1 ELSE 1 END AS sign,
       greatest(round(value * cu.rate, cu.digits), 1) AS amount,
       round(greatest(round(value * cu.rate, cu.digits), 1) / cu.rate, 2) AS balance,
       CASE WHEN is_credit THEN 'RINV/V' ELSE 'INV/V' END || extract(year FROM invoice_date)::int || '/' AS prefix
  FROM drawn d
  JOIN v_company co ON co.n = d.company_n
  JOIN numbered cu ON cu.n = d.currency_n
  CROSS JOIN (SELECT coalesce(max(id), 0) AS m FROM account_move) base;
CREATE UNIQUE INDEX ON v_invoice (move_id);

-- Receivable lines: one, or three of which the last takes the rounding.
CREATE TEMP TABLE v_term AS
WITH parts AS (
    SELECT i.*, p.k, CASE WHEN i.in_parts AND NOT i.is_credit THEN 3 ELSE 1 END AS parts
      FROM v_invoice i
      CROSS JOIN LATERAL generate_series(1, CASE WHEN i.in_parts AND NOT i.is_credit THEN 3 ELSE 1 END) p(k)),
shares AS (
    SELECT *, trunc(amount / parts, digits) AS part_amount, trunc(balance / parts, 2) AS part_balance FROM parts)
SELECT (base.m + row_number() OVER (ORDER BY move_id, k))::int AS line_id, move_id, k, parts,
       partner_id, payer_id, lateness, company_id, company_currency_id, currency_id, digits, rate,
       receivable, invoice_date, invoice_date + term + 30 * (k - 1) AS due_date, sign, r1, r2,
       CASE WHEN k < parts THEN part_amount ELSE amount - part_amount * (parts - 1) END AS amount,
       CASE WHEN k < parts THEN part_balance ELSE balance - part_balance * (parts - 1) END AS balance
  FROM shares, (SELECT coalesce(max(id), 0) AS m FROM account_move_line) base;
CREATE UNIQUE INDEX ON v_term (line_id);

-- Who pays what and when: credit notes and 3 %% of the invoices stay open, 4 %% are paid in
-- part, the rest in full, late by habit.
ALTER TABLE v_term ADD paid_on date, ADD paid numeric DEFAULT 0;
UPDATE v_term SET paid_on = greatest(invoice_date, due_date + round((r1 - 0.35) * 60 * (0.3 + lateness))::int);
UPDATE v_term SET paid = CASE
       WHEN sign < 0 OR paid_on > %(today)s::date OR r2 > 0.97 THEN 0
       WHEN r2 > 0.93 THEN greatest(round(amount * 0.6, digits), 1)
       ELSE amount END;
UPDATE v_term SET paid = amount WHERE paid > amount;

INSERT INTO account_move (id, name, sequence_prefix, sequence_number, journal_id, company_id,
       partner_id, commercial_partner_id, currency_id, state, move_type, auto_post, date,
       invoice_date, invoice_date_due, amount_untaxed, amount_tax, amount_total, amount_residual,
       amount_untaxed_signed, amount_tax_signed, amount_total_signed,
       amount_total_in_currency_signed, amount_untaxed_in_currency_signed, amount_residual_signed,
       payment_state, payment_reference, posted_before, is_move_sent, invoice_currency_rate,
       checked, create_uid, write_uid, create_date, write_date)
SELECT i.move_id, i.prefix || lpad(g::text, 7, '0'), i.prefix, g, sale_journal, i.company_id,
       i.partner_id, i.partner_id, i.currency_id, 'posted',
       CASE WHEN is_credit THEN 'out_refund' ELSE 'out_invoice' END, 'no', i.invoice_date,
       i.invoice_date, t.due_date, i.amount, 0, i.amount, i.amount - t.paid,
       i.sign * i.balance, 0, i.sign * i.balance, i.sign * i.amount, i.sign * i.amount,
       i.sign * round((i.amount - t.paid) / i.rate, 2),
       CASE WHEN t.paid = 0 THEN 'not_paid' WHEN t.paid = i.amount THEN 'paid' ELSE 'partial' END,
       i.prefix || lpad(g::text, 7, '0'), true, false, i.rate, true, 1, 1, now(), now()
  FROM v_invoice i
  JOIN (SELECT move_id, max(due_date) AS due_date, sum(paid) AS paid FROM v_term GROUP BY 1) t USING (move_id);
SELECT setval('account_move_id_seq', (SELECT max(id) FROM account_move));

INSERT INTO account_move_line (id, move_id, journal_id, company_id, company_currency_id, sequence,
       account_id, currency_id, partner_id, move_name, parent_state, name, display_type, date,
       invoice_date, date_maturity, debit, credit, balance, amount_currency, amount_residual,
       amount_residual_currency, reconciled, quantity, price_unit, price_subtotal, price_total,
       tax_base_amount, create_uid, write_uid, create_date, write_date)
SELECT t.line_id, t.move_id, i.sale_journal, t.company_id, t.company_currency_id, 10,
       t.receivable, t.currency_id, t.partner_id, i.prefix || lpad(g::text, 7, '0'), 'posted',
       i.prefix || lpad(g::text, 7, '0'), 'payment_term', t.invoice_date, t.invoice_date, t.due_date,
       CASE WHEN t.sign > 0 THEN t.balance ELSE 0 END, CASE WHEN t.sign < 0 THEN t.balance ELSE 0 END,
       t.sign * t.balance, t.sign * t.amount, t.sign * t.balance, t.sign * t.amount, false,
       1, 0, 0, 0, 0, 1, 1, now(), now()
  FROM v_term t JOIN v_invoice i USING (move_id);
SELECT setval('account_move_line_id_seq', (SELECT max(id) FROM account_move_line));
INSERT INTO account_move_line (move_id, journal_id, company_id, company_currency_id, sequence,
       account_id, currency_id, partner_id, product_id, move_name, parent_state, name, display_type,
       date, invoice_date, debit, credit, balance, amount_currency, amount_residual,
       amount_residual_currency, reconciled, quantity, price_unit, price_subtotal, price_total,
       tax_base_amount, create_uid, write_uid, create_date, write_date)
SELECT i.move_id, i.sale_journal, i.company_id, i.company_currency_id, 1, i.income, i.currency_id,
       i.partner_id, p.id, i.prefix || lpad(g::text, 7, '0'), 'posted', 'Goods', 'product',
       i.invoice_date, i.invoice_date, CASE WHEN i.sign < 0 THEN i.balance ELSE 0 END,
       CASE WHEN i.sign > 0 THEN i.balance ELSE 0 END, -i.sign * i.balance, -i.sign * i.amount,
       0, 0, false, 1, i.amount, i.amount, i.amount, 0, 1, 1, now(), now()
  FROM v_invoice i
  JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM product_product
         WHERE default_code LIKE 'VOL%%') p ON p.n = i.g %% 50;
