-- Purpose: time and material lines that have a frequency and no start of billing, so that no schedule can be made.
-- Parameters: contract_ids (null: all).
-- Grain: contract lines.
-- May be repeated: reads only.
SELECT
    cl.contract_id,
    cl.contract_line_id
FROM invoicing.contract_line AS cl
INNER JOIN invoicing.project_contract AS c ON cl.contract_id = c.contract_id
WHERE
    cl.invoice_frequency_id IS NOT NULL
    AND cl.billing_start_date IS NULL
    AND cl.billing_method = 'time_and_material'
    AND c.state <> 'closed'
    AND (cast(:contract_ids AS text[]) IS NULL OR cl.contract_id = any(cast(:contract_ids AS text[])))
ORDER BY cl.contract_id ASC, cl.contract_line_id ASC
