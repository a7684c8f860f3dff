-- One receipt per paid line; in foreign currency the rate has moved by up to 2 %%, which leaves
-- an exchange entry behind. One receipt in 200 is 10 %% too much (unapplied cash).
CREATE TEMP TABLE v_receipt AS
SELECT t.line_id AS invoice_line, t.partner_id, t.payer_id, t.company_id, t.company_currency_id,
       t.currency_id, t.digits, t.receivable, t.paid_on, t.paid,
       t.amount, t.balance, t.invoice_date, t.paid = t.amount AS is_full,
       CASE WHEN t.line_id %% 200 = 0 THEN round(t.paid * 0.1, t.digits) ELSE 0 END AS extra,
       -- company value of what is paid: at the invoice's rate, and at the day's rate
       CASE WHEN t.paid = t.amount THEN t.balance ELSE round(t.paid / t.rate, 2) END AS at_invoice,
       CASE WHEN t.currency_id = t.company_currency_id THEN t.paid
            WHEN t.paid = t.amount THEN round(t.balance * (1 + (t.line_id %% 41 - 20) / 1000.0), 2)
            ELSE round(t.paid / t.rate, 2) END AS at_receipt,
       row_number() OVER (ORDER BY t.line_id) AS k, co.bank, co.bank_journal, co.general_journal,
       co.exchange, mb.m + row_number() OVER (ORDER BY t.line_id) AS move_id,
       lb.m + 2 * row_number() OVER (ORDER BY t.line_id) - 1 AS bank_line,
       lb.m + 2 * row_number() OVER (ORDER BY t.line_id) AS receivable_line,
       fb.m + row_number() OVER (ORDER BY t.line_id) AS full_id
  FROM v_term t JOIN v_company co USING (company_id)
  CROSS JOIN (SELECT coalesce(max(id), 0)::int AS m FROM account_move) mb
  CROSS JOIN (SELECT coalesce(max(id), 0)::int AS m FROM account_move_line) lb
  CROSS JOIN (SELECT coalesce(max(id), 0)::int AS m FROM account_full_reconcile) fb
 WHERE t.paid > 0;
-- the difference counts only where the document is settled in full
UPDATE v_receipt SET at_receipt = at_invoice WHERE NOT is_full AND currency_id <> company_currency_id;
ALTER TABLE v_receipt ADD value numeric;
UPDATE v_receipt SET value = at_receipt + round(extra * at_receipt / paid, 2);

INSERT INTO account_move (id, name, sequence_prefix, sequence_number, journal_id, company_id,
       partner_id, commercial_partner_id, currency_id, state, move_type, auto_post, date,
       amount_untaxed, amount_tax, amount_total, amount_residual, amount_total_signed,
       amount_residual_signed, payment_state, posted_before, checked, ref,
       create_uid, write_uid, create_date, write_date)
SELECT move_id, 'PBNK/V' || extract(year FROM paid_on)::int || '/' || lpad(k::text, 7, '0'),
       'PBNK/V' || extract(year FROM paid_on)::int || '/', k, bank_journal, company_id, payer_id,
       partner_id, currency_id, 'posted', 'entry', 'no', paid_on, 0, 0, paid + extra, 0, value, 0,
       'not_paid', true, true, 'PAY' || k, 1, 1, now(), now()
  FROM v_receipt;
SELECT setval('account_move_id_seq', (SELECT max(id) FROM account_move));
INSERT INTO account_move_line (id, move_id, journal_id, company_id, company_currency_id, sequence,
       account_id, currency_id, partner_id, move_name, parent_state, ref, name, display_type, date,
       date_maturity, debit, credit, balance, amount_currency, amount_residual,
       amount_residual_currency, reconciled, tax_base_amount, create_uid, write_uid, create_date, write_date)
SELECT bank_line, move_id, bank_journal, company_id, company_currency_id, 1, bank, currency_id,
       payer_id, 'PBNK/V' || extract(year FROM paid_on)::int || '/' || lpad(k::text, 7, '0'),
       'posted', 'PAY' || k, 'Receipt', 'product', paid_on, NULL, value, 0, value, paid + extra,
       value, paid + extra, false, 0, 1, 1, now(), now() FROM v_receipt
UNION ALL
SELECT receivable_line, move_id, bank_journal, company_id, company_currency_id, 2, receivable,
       currency_id, payer_id, 'PBNK/V' || extract(year FROM paid_on)::int || '/' || lpad(k::text, 7, '0'),
       'posted', 'PAY' || k, 'Receipt', 'product', paid_on, paid_on, 0, value, -value,
       -(paid + extra), -value, -(paid + extra), false, 0, 1, 1, now(), now() FROM v_receipt;
SELECT setval('account_move_line_id_seq', (SELECT max(id) FROM account_move_line));

-- The difference of the rates: an entry in the general journal that touches company value only.
ALTER TABLE v_receipt ADD difference numeric, ADD exchange_move int, ADD exchange_line int;
UPDATE v_receipt SET difference = at_invoice - at_receipt WHERE is_full;
UPDATE v_receipt r SET exchange_move = n.move_id, exchange_line = n.line_id
  FROM (SELECT invoice_line, mb.m + row_number() OVER (ORDER BY invoice_line) AS move_id,
               lb.m + 2 * row_number() OVER (ORDER BY invoice_line) AS line_id
          FROM v_receipt, (SELECT max(id) AS m FROM account_move) mb,
               (SELECT max(id) AS m FROM account_move_line) lb
         WHERE difference <> 0) n
 WHERE n.invoice_line = r.invoice_line;
INSERT INTO account_move (id, name, sequence_prefix, sequence_number, journal_id, company_id,
       currency_id, state, move_type, auto_post, date, amount_total, amount_residual, payment_state,
       posted_before, checked, create_uid, write_uid, create_date, write_date)
SELECT exchange_move, 'EXCH/V/' || lpad(k::text, 7, '0'), 'EXCH/V/', k, general_journal, company_id,
       company_currency_id, 'posted', 'entry', 'no', paid_on, abs(difference), 0, 'not_paid', true,
       true, 1, 1, now(), now()
  FROM v_receipt WHERE difference <> 0;
SELECT setval('account_move_id_seq', (SELECT max(id) FROM account_move));
INSERT INTO account_move_line (id, move_id, journal_id, company_id, company_currency_id, sequence,
       account_id, currency_id, partner_id, move_name, parent_state, name, display_type, date,
       date_maturity, debit, credit, balance, amount_currency, amount_residual,
       amount_residual_currency, reconciled, tax_base_amount, create_uid, write_uid, create_date, write_date)
SELECT exchange_line, exchange_move, general_journal, company_id, company_currency_id, 1, receivable,
       currency_id, partner_id, 'EXCH/V/' || lpad(k::text, 7, '0'), 'posted', 'Exchange difference',
       'product', paid_on, paid_on, greatest(-difference, 0), greatest(difference, 0), -difference, 0,
       -difference, 0, false, 0, 1, 1, now(), now() FROM v_receipt WHERE difference <> 0
UNION ALL
SELECT exchange_line - 1, exchange_move, general_journal, company_id, company_currency_id, 2, exchange,
       currency_id, partner_id, 'EXCH/V/' || lpad(k::text, 7, '0'), 'posted', 'Exchange difference',
       'product', paid_on, NULL, greatest(difference, 0), greatest(-difference, 0), difference, 0,
       0, 0, false, 0, 1, 1, now(), now() FROM v_receipt WHERE difference <> 0;
SELECT setval('account_move_line_id_seq', (SELECT max(id) FROM account_move_line));
