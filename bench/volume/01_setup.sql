-- What every later step needs to know of each company.
SELECT setseed(%(seed)s);
DROP TABLE IF EXISTS v_company, v_customer, v_invoice, v_term, v_receipt, v_match;
CREATE TEMP TABLE v_company AS
SELECT c.id AS company_id, row_number() OVER (ORDER BY c.id) AS n, c.currency_id,
       account.receivable, account.income, account.exchange,
       sale.id AS sale_journal, bank.id AS bank_journal, general.id AS general_journal,
       bank.default_account_id AS bank, bank.suspense_account_id AS suspense
  FROM res_company c
  CROSS JOIN LATERAL (
      SELECT min(a.id) FILTER (WHERE a.account_type = 'asset_receivable') AS receivable,
             min(a.id) FILTER (WHERE a.account_type = 'income') AS income,
             min(a.id) FILTER (WHERE a.account_type = 'expense') AS exchange
        FROM account_account a
        JOIN account_account_res_company_rel r ON r.account_account_id = a.id
       WHERE r.res_company_id = c.id AND a.active) account
  CROSS JOIN LATERAL (SELECT id FROM account_journal WHERE company_id = c.id AND type = 'sale' ORDER BY id LIMIT 1) sale
  CROSS JOIN LATERAL (SELECT id FROM account_journal WHERE company_id = c.id AND type = 'general' ORDER BY id LIMIT 1) general
  CROSS JOIN LATERAL (
      SELECT id, default_account_id, suspense_account_id FROM account_journal
       WHERE company_id = c.id AND type = 'bank' AND suspense_account_id IS NOT NULL
       ORDER BY id LIMIT 1) bank
 WHERE c.id = 1 OR c.name = 'Volume Two';

-- Currencies: the company's own, the euro and the yen, with the units one dollar buys.
CREATE TEMP TABLE v_currency AS
SELECT id AS currency_id, decimal_places AS digits,
       CASE name WHEN 'EUR' THEN 0.9 WHEN 'JPY' THEN 150 ELSE 1 END::numeric AS rate, name
  FROM res_currency
 WHERE name IN ('EUR', 'JPY') OR id = (SELECT currency_id FROM v_company WHERE n = 1);
