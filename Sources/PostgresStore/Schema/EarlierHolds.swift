/// Until when a worker had a message that told nothing of it before another one took it (migration 10): its clock may be behind,
/// so that it takes itself for the holder still. `held_until` falls back to it once the later one has told what became of the
/// message. A worker of the version before writes none, and so knows less of who has what, as it did.
enum EarlierHolds {
    static let statements = ["ALTER TABLE messages ADD COLUMN held_before bigint"]
}
