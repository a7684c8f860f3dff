-- Partial reconciliations, then every stored residual from them.
INSERT INTO account_full_reconcile (id, create_uid, write_uid, create_date, write_date)
SELECT full_id, 1, 1, now(), now() FROM v_receipt WHERE is_full AND extra = 0;
SELECT setval('account_full_reconcile_id_seq', (SELECT max(id) FROM account_full_reconcile));
CREATE TEMP TABLE v_match AS
SELECT invoice_line AS debit_line, receivable_line AS credit_line,
       least(at_invoice, at_receipt) AS amount, paid AS debit_currency, paid AS credit_currency,
       CASE WHEN is_full AND extra = 0 THEN full_id END AS full_id, exchange_move,
       currency_id, company_id, greatest(invoice_date, paid_on) AS max_date, invoice_line
  FROM v_receipt
UNION ALL
-- what the rate left on the invoice (difference > 0) or on the receipt (< 0)
SELECT CASE WHEN difference > 0 THEN invoice_line ELSE exchange_line END,
       CASE WHEN difference > 0 THEN exchange_line ELSE receivable_line END,
       abs(difference), 0, 0, CASE WHEN extra = 0 THEN full_id END, NULL,
       currency_id, company_id, greatest(invoice_date, paid_on), invoice_line
  FROM v_receipt WHERE difference <> 0;
INSERT INTO account_partial_reconcile (debit_move_id, credit_move_id, full_reconcile_id,
       debit_currency_id, credit_currency_id, company_id, max_date, amount, debit_amount_currency,
       credit_amount_currency, exchange_move_id, create_uid, write_uid, create_date, write_date)
SELECT debit_line, credit_line, full_id, currency_id, currency_id, company_id, max_date, amount,
       debit_currency, credit_currency, exchange_move, 1, 1, now(), now()
  FROM v_match;
-- An invoice not fully paid shares a number with its receipts: that of its first reconciliation.
WITH numbered AS (
    SELECT m.*, min(p.id) OVER (PARTITION BY m.invoice_line) AS first_id
      FROM v_match m
      JOIN account_partial_reconcile p
        ON p.debit_move_id = m.debit_line AND p.credit_move_id = m.credit_line),
applied AS (
    SELECT line_id, sum(value) AS value, sum(amount) AS amount, max(full_id) AS full_id,
           min(first_id) AS first_id
      FROM (SELECT debit_line AS line_id, amount AS value, debit_currency AS amount, full_id,
                   first_id FROM numbered
            UNION ALL
            SELECT credit_line, -amount, -credit_currency, full_id, first_id FROM numbered) m
     GROUP BY line_id)
UPDATE account_move_line l
   SET amount_residual = l.balance - a.value,
       amount_residual_currency = l.amount_currency - a.amount,
       reconciled = (l.balance = a.value AND l.amount_currency = a.amount),
       full_reconcile_id = a.full_id,
       matching_number = coalesce(a.full_id::text, 'P' || a.first_id)
  FROM applied a WHERE l.id = a.line_id;
