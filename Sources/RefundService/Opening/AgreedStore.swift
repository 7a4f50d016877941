internal import RefundWorker
internal import Synchronization

/// Which store a worker works with: the first that one of its lanes has opened, and no other.
final class AgreedStore: Sendable {
    /// What the settings say.
    let pinned: StoreIdentity?
    private let opened = Mutex<StoreIdentity?>(nil)

    init(pinned: StoreIdentity? = nil) {
        self.pinned = pinned
    }

    /// - Throws: `StoreError` `.exchanged` when another lane has opened another store.
    func agree(on identity: StoreIdentity, at place: String) throws(StoreError) {
        let first = opened.withLock { opened in
            opened = opened ?? identity
            return opened
        }
        guard let first, first != identity else { return }
        throw .anotherStore(
            identity, at: place, expected: first, saidBy: "another lane has opened",
            remedy: "name one server in store.url, or servers that follow each other, and start the worker again")
    }
}
