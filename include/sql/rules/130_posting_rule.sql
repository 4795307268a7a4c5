-- Rule: what a confirmation writes of a detail, by how rules.detail_handling handles it. part: of what it consumes (`consumed`), of
-- what it bills (`billed`), of the rest between the two (`rest`), or of what its source has left that nothing bills (`left`); once or,
-- with sign -1, as a reversal. reverses and replaces: the actual that it consumes, or another posting of the same detail.
-- becomes: a posting; or a billable, which is given back to be billed again.
-- Grain: one row per handling and posting.
CREATE OR REPLACE VIEW rules.posting_rule AS
SELECT
    handling,
    posting,
    becomes,
    cast(kind AS invoicing.actual_kind) AS kind,
    part,
    sign,
    reverses,
    replaces
FROM (
    VALUES
    -- A draft that bills its source as it was.
    ('unedited', 'reversal', 'posting', 'unbilled_sales', 'consumed', -1, 'consumed', NULL),
    ('unedited', 'billed', 'posting', 'billed_sales', 'billed', 1, NULL, 'consumed'),
    -- One that bills it otherwise: by quantity, price, amount or billing type.
    ('edited', 'reversal', 'posting', 'unbilled_sales', 'consumed', -1, 'consumed', NULL),
    ('edited', 'rebooked', 'posting', 'unbilled_sales', 'billed', 1, NULL, 'consumed'),
    ('edited', 'rebooked_reversal', 'posting', 'unbilled_sales', 'billed', -1, 'rebooked', NULL),
    ('edited', 'billed', 'posting', 'billed_sales', 'billed', 1, NULL, 'rebooked'),
    -- What a draft bills less of is written off.
    ('reduced', 'reversal', 'posting', 'unbilled_sales', 'consumed', -1, 'consumed', NULL),
    ('reduced', 'rebooked', 'posting', 'unbilled_sales', 'billed', 1, NULL, 'consumed'),
    ('reduced', 'rebooked_reversal', 'posting', 'unbilled_sales', 'billed', -1, 'rebooked', NULL),
    ('reduced', 'billed', 'posting', 'billed_sales', 'billed', 1, NULL, 'rebooked'),
    ('reduced', 'written_off', 'posting', 'unbilled_sales', 'rest', 1, NULL, 'consumed'),
    ('reduced', 'written_off_reversal', 'posting', 'unbilled_sales', 'rest', -1, 'written_off', NULL),
    ('reduced', 'written_off_billed', 'posting', 'billed_sales', 'rest', 1, NULL, 'written_off'),
    ('reduced_to_nothing', 'reversal', 'posting', 'unbilled_sales', 'consumed', -1, 'consumed', NULL),
    ('reduced_to_nothing', 'written_off', 'posting', 'unbilled_sales', 'rest', 1, NULL, 'consumed'),
    ('reduced_to_nothing', 'written_off_reversal', 'posting', 'unbilled_sales', 'rest', -1, 'written_off', NULL),
    ('reduced_to_nothing', 'written_off_billed', 'posting', 'billed_sales', 'rest', 1, NULL, 'written_off'),
    -- What was added by hand has been nothing before.
    ('by_hand', 'entered', 'posting', 'unbilled_sales', 'billed', 1, NULL, NULL),
    ('by_hand', 'reversal', 'posting', 'unbilled_sales', 'billed', -1, 'entered', NULL),
    ('by_hand', 'billed', 'posting', 'billed_sales', 'billed', 1, NULL, 'entered'),
    -- Milestones, and what was added to a fixed-price line, have no unbilled sales.
    ('fixed_price', 'billed_only', 'posting', 'billed_sales', 'billed', 1, NULL, NULL),
    -- A correction takes back what was billed, and gives back what its source has left.
    ('credited', 'reversal', 'posting', 'billed_sales', 'consumed', -1, 'consumed', NULL),
    ('credited', 'given_back', 'billable', 'unbilled_sales', 'left', 1, NULL, 'consumed'),
    ('corrected', 'reversal', 'posting', 'billed_sales', 'consumed', -1, 'consumed', NULL),
    ('corrected', 'rebooked', 'posting', 'unbilled_sales', 'billed', 1, NULL, 'consumed'),
    ('corrected', 'rebooked_reversal', 'posting', 'unbilled_sales', 'billed', -1, 'rebooked', NULL),
    ('corrected', 'billed', 'posting', 'billed_sales', 'billed', 1, NULL, 'rebooked'),
    ('corrected', 'given_back', 'billable', 'unbilled_sales', 'left', 1, NULL, 'consumed'),
    -- Of a fee that is billed in part nothing is given back.
    ('corrected_fee', 'reversal', 'posting', 'billed_sales', 'consumed', -1, 'consumed', NULL),
    ('corrected_fee', 'rebooked', 'posting', 'unbilled_sales', 'billed', 1, NULL, 'consumed'),
    ('corrected_fee', 'rebooked_reversal', 'posting', 'unbilled_sales', 'billed', -1, 'rebooked', NULL),
    ('corrected_fee', 'billed', 'posting', 'billed_sales', 'billed', 1, NULL, 'rebooked'),
    ('credited_milestone', 'reversal', 'posting', 'billed_sales', 'consumed', -1, 'consumed', NULL),
    ('credited_milestone', 'given_back', 'billable', NULL, 'left', 1, NULL, 'consumed'),
    ('credited_fixed_price', 'reversal', 'posting', 'billed_sales', 'consumed', -1, 'consumed', NULL)
) AS rule (handling, posting, becomes, kind, part, sign, reverses, replaces);
