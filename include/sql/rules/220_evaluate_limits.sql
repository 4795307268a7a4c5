-- Rule: whether the limits of a contract have room for its shares, one after the other (data contract 2.1). All limits of a share must
-- have room before any is taken; the first without room, in the order of levels, is the one that fails it. What fails takes no room, so
-- that a smaller one after it may still fit; what takes none always fits.
-- The state is the number of the limit that failed the last share (0: none did), followed by what is taken of each limit.
-- used, caps: of the limits of the contract, by number; numbers: those of the share, by level, null where it has none on a level;
-- held: what a draft bills of the share (null: it is on none), which is taken in any case; is_certain: it was admitted before.
CREATE OR REPLACE FUNCTION rules.evaluate_share(
    state numeric[], used numeric[], caps numeric[], numbers integer[], amount numeric, held numeric, is_certain boolean
) RETURNS numeric[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    number integer;
    failed integer := 0;
    taken numeric;
BEGIN
    state := coalesce(state, cast(0 AS numeric) || used);
    IF amount > 0 AND NOT is_certain THEN
        FOREACH number IN ARRAY numbers LOOP
            IF state[number + 1] + amount > caps[number] THEN
                failed := number;
                EXIT;
            END IF;
        END LOOP;
    END IF;
    taken := CASE WHEN failed > 0 THEN coalesce(held, 0) ELSE greatest(amount, held) END;
    IF taken <> 0 THEN
        FOREACH number IN ARRAY numbers LOOP
            IF number IS NOT NULL THEN
                state[number + 1] := state[number + 1] + taken;
            END IF;
        END LOOP;
    END IF;
    state[1] := failed;
    RETURN state;
END
$$;

-- noqa: disable=PRS
CREATE OR REPLACE AGGREGATE rules.evaluate_shares(numeric[], numeric[], integer[], numeric, numeric, boolean) (
    SFUNC = rules.evaluate_share,
    STYPE = numeric[],
    PARALLEL = SAFE
);
