-- Rule: which pending row takes what is dated when: each date goes to the first row whose cut-off admits it. A row takes what is
-- dated in (takes_after, takes_until]; one whose cut-off an earlier row has reached takes nothing. Milestones take no date.
-- Grain: one row per pending row of an active contract that takes anything.
CREATE OR REPLACE VIEW rules.coming_row AS
SELECT
    contract_id,
    contract_line_id,
    run_date,
    takes_after,
    cutoff_date AS takes_until
FROM (
    SELECT
        contract_id,
        contract_line_id,
        run_date,
        cutoff_date,
        coalesce(
            max(cutoff_date) OVER (
                PARTITION BY contract_id, contract_line_id
                ORDER BY run_date ASC, source ASC, source_id ASC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ),
            '-infinity'
        ) AS takes_after
    FROM rules.pending_row
    WHERE
        contract_state = 'active'
        AND source NOT IN ('milestone', 'retainer')
) AS ordered
WHERE takes_after < cutoff_date;
