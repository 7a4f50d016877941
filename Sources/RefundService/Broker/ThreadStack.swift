/// How much stack a thread needs that talks to the broker.
enum ThreadStack {
    /// 16 MiB: librabbitmq reads deeply nested header tables by recursion.
    static let size = 16 << 20
}
