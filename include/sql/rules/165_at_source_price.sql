-- Rule: what a piece of a share counts for at its source's price: one that differs from that by the rounding alone as it is, another
-- by its quantity. So all pieces and what is left of the source come to the source, to the cent.
-- Parameters: said, of piece_quantity (the piece); whole, of whole_quantity (the source), and the decimals of its currency. Of a source
-- without a quantity each piece is as it is.
CREATE OR REPLACE FUNCTION rules.at_source_price(
    said numeric, piece_quantity numeric, whole numeric, whole_quantity numeric, decimals integer
) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN abs(said - whole * piece_quantity / nullif(whole_quantity, 0)) > power(10.0, -decimals)
        THEN round(whole * piece_quantity / whole_quantity, decimals)
    ELSE said
END;
