-- Rule: an amount has the decimals of its currency, rounded half away from zero.
CREATE OR REPLACE FUNCTION rules.rounded(amount numeric, decimals integer) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN round(amount, decimals);

-- Rule: the part of an amount that goes with a part of its quantity. The rest is what remains, so that all parts come to the whole.
CREATE OR REPLACE FUNCTION rules.part_of(whole numeric, quantity numeric, whole_quantity numeric, decimals integer) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN rules.rounded(whole * quantity / whole_quantity, decimals);

-- Rule: what a piece of a share counts for at its source's price: one that differs from that by the rounding alone as it is, another
-- by its quantity. So all pieces and what is left of the source come to the source, to the cent. Of a source without a quantity
-- each piece counts as it is.
CREATE OR REPLACE FUNCTION rules.at_source_price(
    said numeric, quantity numeric, whole numeric, whole_quantity numeric, decimals integer
) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN abs(said - whole * quantity / nullif(whole_quantity, 0)) > power(10.0, -decimals)
        THEN rules.part_of(whole, quantity, whole_quantity, decimals)
    ELSE said
END;
