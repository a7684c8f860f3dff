-- Bank lines nobody has matched: half as many as customers. Most name an invoice, some pay two,
-- some give only the payer, a few say nothing useful.
CREATE TEMP TABLE v_line AS
WITH open_term AS (
    SELECT t.*, i.prefix || lpad(i.g::text, 7, '0') AS number,
           row_number() OVER (ORDER BY md5(t.line_id::text)) AS serial
      FROM v_term t JOIN v_invoice i USING (move_id)
     WHERE t.sign > 0 AND t.paid = 0 AND t.parts = 1 AND t.currency_id = t.company_currency_id)
SELECT o.*, co.bank_journal, co.bank, co.suspense, c.name AS payer,
       'VOL' || lpad(c.n::text, 10, '0') AS account_number,
       CASE o.serial %% 10 WHEN 7 THEN 'payment on account' WHEN 8 THEN 'thank you'
            ELSE 'payment ' || CASE WHEN o.serial %% 3 = 0 THEN replace(o.number, '/', ' ') ELSE o.number END END AS label,
       mb.m + o.serial AS bank_move, lb.m + 2 * o.serial - 1 AS bank_line, lb.m + 2 * o.serial AS suspense_line
  FROM open_term o JOIN v_company co USING (company_id)
  JOIN v_customer c ON c.id = o.partner_id
  CROSS JOIN (SELECT max(id) AS m FROM account_move) mb
  CROSS JOIN (SELECT max(id) AS m FROM account_move_line) lb
 WHERE o.serial <= %(customers)s / 2;
INSERT INTO account_move (id, name, sequence_prefix, sequence_number, journal_id, company_id,
       currency_id, state, move_type, auto_post, date, amount_total, amount_residual,
       amount_total_signed, payment_state, posted_before, checked, ref,
       create_uid, write_uid, create_date, write_date)
SELECT bank_move, 'BNK/V' || extract(year FROM %(today)s::date)::int || '/' || lpad(serial::text, 7, '0'),
       'BNK/V' || extract(year FROM %(today)s::date)::int || '/', k, bank_journal, company_id,
       company_currency_id, 'posted', 'entry', 'no', %(today)s::date, amount, 0, amount,
       'not_paid', true, true, label, 1, 1, now(), now() FROM v_line;
SELECT setval('account_move_id_seq', (SELECT max(id) FROM account_move));
INSERT INTO account_bank_statement_line (move_id, journal_id, company_id, currency_id, sequence,
       payment_ref, partner_name, account_number, amount, amount_residual, is_reconciled,
       internal_index, create_uid, write_uid, create_date, write_date)
SELECT bank_move, bank_journal, company_id, company_currency_id, 1, label, payer, account_number,
       amount, -amount, false, to_char(%(today)s::date, 'YYYYMMDD') || '2147483646' || lpad(bank_move::text, 10, '0'),
       1, 1, now(), now() FROM v_line;
UPDATE account_move m SET statement_line_id = s.id
  FROM account_bank_statement_line s WHERE s.move_id = m.id AND m.id IN (SELECT bank_move FROM v_line);
INSERT INTO account_move_line (id, move_id, journal_id, company_id, company_currency_id, sequence,
       account_id, currency_id, move_name, parent_state, ref, name, display_type, date, debit,
       credit, balance, amount_currency, amount_residual, amount_residual_currency, reconciled,
       statement_line_id, tax_base_amount, create_uid, write_uid, create_date, write_date)
SELECT v.bank_line, v.bank_move, bank_journal, v.company_id, company_currency_id, 1, bank,
       v.currency_id, m.name, 'posted', label, label, 'product', %(today)s::date, v.amount, 0, v.amount,
       v.amount, v.amount, v.amount, false, m.statement_line_id, 0, 1, 1, now(), now()
  FROM v_line v JOIN account_move m ON m.id = v.bank_move
UNION ALL
SELECT v.suspense_line, v.bank_move, bank_journal, v.company_id, company_currency_id, 2, suspense,
       v.currency_id, m.name, 'posted', label, label, 'product', %(today)s::date, 0, v.amount, -v.amount,
       -v.amount, -v.amount, -v.amount, false, m.statement_line_id, 0, 1, 1, now(), now()
  FROM v_line v JOIN account_move m ON m.id = v.bank_move;
SELECT setval('account_move_line_id_seq', (SELECT max(id) FROM account_move_line));
ANALYZE;
