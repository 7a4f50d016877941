/// Until when a worker had a message that told nothing of it before another one took it (migration 11): its clock may be behind,
/// so that it takes itself for the holder still. `held_until` falls back to it once the later one has told what became of the
/// message.
enum EarlierHolds {
    static let column = "ALTER TABLE publications ADD COLUMN held_before INTEGER"
}
