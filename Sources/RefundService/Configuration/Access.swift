import AMQPClient
import PostgresStore

/// How broker and store are logged in to.
struct Access: Hashable, Sendable {
    var nodes: [Endpoint]
    var store: StoreLocation

    /// What became of one that was read anew.
    struct Renewal: Hashable, Sendable {
        var access: Access
        var isBrokerNew = false
        var isStoreNew = false
        /// What it names that this process does not take.
        var problems: [String] = []
    }

    /// Takes the credentials of one that was read later. Another broker or another store is none of ours: half of the process
    /// would work there, and half here.
    func renewed(by read: Access) -> Renewal {
        var renewal = Renewal(access: self)
        if read.nodes.map(Place.init) != nodes.map(Place.init) {
            renewal.problems.append("amqp.url names another broker than at the start; restart to go there")
        } else if read.nodes != nodes {
            renewal.access.nodes = read.nodes
            renewal.isBrokerNew = true
        }
        if !read.store.isSamePlace(as: store) {
            renewal.problems.append("store.url names another store than at the start; restart to go there")
        } else if read.store != store {
            renewal.access.store = read.store
            renewal.isStoreNew = true
        }
        return renewal
    }

    /// A node, whoever logs in there.
    private struct Place: Hashable {
        let host: String
        let port: UInt16
        let virtualHost: String
        let isTLS: Bool

        init(_ node: Endpoint) {
            (host, port, virtualHost, isTLS) = (node.host, node.port, node.virtualHost, node.isTLS)
        }
    }
}

extension StoreLocation {
    fileprivate func isSamePlace(as other: StoreLocation) -> Bool {
        switch (self, other) {
        case (.sqlite(let path), .sqlite(let otherPath)): path == otherPath
        case (.postgresql(let location), .postgresql(let otherLocation)): location.isSamePlace(as: otherLocation)
        default: false
        }
    }
}
