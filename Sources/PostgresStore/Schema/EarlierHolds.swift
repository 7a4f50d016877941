/// Until when a worker had a message that told nothing of it before another one took it (migration 10). Nothing reads or
/// writes it any more: the claim tells its worker (`OutboxMessage.heldBefore`). Workers of the version before still do.
enum EarlierHolds {
    static let statements = ["ALTER TABLE messages ADD COLUMN held_before bigint"]
}
