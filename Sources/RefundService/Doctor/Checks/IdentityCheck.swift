import RefundWorker

/// Judges which store is there.
///
/// - Parameters:
///   - found: `nil` where an older version made it.
///   - pinned: what the settings say.
///   - remembered: which store was there last.
func judgeIdentity(
    _ found: StoreIdentity?, pinned: StoreIdentity?, remembered: StoreIdentity? = nil
) -> DoctorFinding {
    let topic = DoctorTopic.store
    let seen = found.map { "\($0)" } ?? "none: an older version made the store"
    if let expected = pinned ?? remembered, found != expected {
        let source = pinned == nil ? "was there last" : "store.identity names"
        return topic.wrong(
            "identity", "\(seen), and not \(expected), which \(source)",
            meaning: "it knows nothing of what the other has paid, so no worker starts with it",
            remedy: "put back the store that was there; see \"The store is another than it was\" in the README")
    }
    guard found != nil else {
        return topic.warning(
            "identity", seen, meaning: "the next worker of this version gives it one", remedy: "refund-worker run")
    }
    return topic.good("identity", pinned == nil ? seen : "\(seen), as store.identity names it")
}

/// Judges a place without a store, where one must be.
func judgeMissingStore(
    _ seen: String, pinned: StoreIdentity?, remembered: StoreIdentity? = nil
) -> DoctorFinding? {
    guard let expected = pinned ?? remembered else { return nil }
    let source = pinned == nil ? "was there last" : "must be there (store.identity)"
    return DoctorTopic.store.wrong(
        "identity", "\(seen), and the store \(expected) \(source)",
        meaning: "no worker makes a new one there: it would know nothing of what was paid",
        remedy: "put back the store that was there; see \"The store is another than it was\" in the README")
}
