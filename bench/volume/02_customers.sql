-- Customers; one in ten has a contact who appears on payments. Habits make some pay late.
CREATE TEMP TABLE v_customer AS
SELECT (base.m + g)::int AS id, g AS n,
       (ARRAY['Amber','Bering','Cobalt','Delta','Ember','Fjord','Garnet','Harbor','Indigo','Juniper','Krypton','Lumen','Maple','Nimbus','Onyx','Prairie'])[1 + floor(random() * 16)::int]
       || ' ' || (ARRAY['Trading','Foods','Steel','Textile','Logistics','Electric','Paper','Chemicals','Optics','Medical'])[1 + floor(random() * 10)::int]
       || ' ' || g || ' ' || (ARRAY['Ltd','GmbH','SA','Inc','BV','Co'])[1 + floor(random() * 6)::int] AS name,
       random() AS lateness
  FROM (SELECT coalesce(max(id), 0) AS m FROM res_partner) base,
       generate_series(1, %(customers)s) g;
INSERT INTO res_partner (id, name, complete_name, active, is_company, type, commercial_partner_id,
       customer_rank, supplier_rank, email, lang, ref, autopost_bills,
       create_uid, write_uid, create_date, write_date)
SELECT id, name, name, true, true, 'contact', id, 1, 0, 'ap' || n || '@example.com', 'en_US',
       'VC' || lpad(n::text, 6, '0'), 'ask', 1, 1, now(), now()
  FROM v_customer;
SELECT setval('res_partner_id_seq', (SELECT max(id) FROM res_partner));
INSERT INTO res_partner (name, complete_name, active, is_company, type, parent_id,
       commercial_partner_id, customer_rank, supplier_rank, email, lang, ref, autopost_bills,
       create_uid, write_uid, create_date, write_date)
SELECT 'Accounts ' || n, name || ', Accounts ' || n, true, false, 'contact', id, id, 0, 0,
       'accounts' || n || '@example.com', 'en_US', 'VK' || lpad(n::text, 6, '0'), 'ask',
       1, 1, now(), now()
  FROM v_customer WHERE n %% 10 = 0;
ALTER TABLE v_customer ADD payer_id int;
UPDATE v_customer SET payer_id = id;
UPDATE v_customer v SET payer_id = p.id FROM res_partner p
 WHERE p.parent_id = v.id AND p.ref LIKE 'VK%%';
CREATE UNIQUE INDEX ON v_customer (n);
ANALYZE res_partner;
