-- Rule: what a confirmation does with a detail, by what it consumes and how it was edited; rules.posting_rule says what each handling
-- writes. An entry by hand that a correction gave back is a sale like any other.
-- Grain: one row per detail.
CREATE OR REPLACE VIEW rules.detail_handling AS
SELECT
    compared.*,
    cl.billing_method,
    CASE
        WHEN compared.source = 'milestone' THEN 'fixed_price'
        WHEN compared.is_entry AND cl.billing_method = 'fixed_price' THEN 'fixed_price'
        WHEN compared.is_entry THEN 'by_hand'
        WHEN
            NOT compared.is_correction
            AND NOT (
                compared.has_other_billing_type
                OR compared.has_other_quantity
                OR compared.has_other_unit_price
                OR compared.has_other_amount
            ) THEN 'unedited'
        WHEN NOT compared.is_correction AND abs(compared.quantity) >= abs(compared.consumed_quantity) THEN 'edited'
        WHEN NOT compared.is_correction AND compared.is_nothing THEN 'reduced_to_nothing'
        WHEN NOT compared.is_correction THEN 'reduced'
        WHEN compared.transaction_class = 'milestone' THEN 'credited_milestone'
        WHEN cl.billing_method = 'fixed_price' THEN 'credited_fixed_price'
        WHEN compared.is_nothing THEN 'credited'
        WHEN compared.transaction_class = 'fee' AND compared.quantity <> 0 THEN 'corrected_fee'
        ELSE 'corrected'
    END AS handling
FROM rules.detail_difference AS compared
INNER JOIN invoicing.contract_line AS cl
    ON compared.contract_id = cl.contract_id AND compared.contract_line_id = cl.contract_line_id;
