import AMQPClient
import Testing

@Suite("errors", .timeLimit(.minutes(20)))
struct AMQPErrorTests {
    @Test("an error says in one line what happened, where, and what to do; the broker's text is made harmless")
    func description() throws {
        let answer = Outcome<[UInt8]>()
        try withServer { peer in
            try peer.logIn()
            let text = "line 1\nline 2\u{1B}[2J"
            let close = WireBytes.number(320 as UInt16) + WireBytes.shortString(text) + [0, 0, 0, 0]
            try peer.write(WireBytes.method(0, 10, 50, close))
            // The client answers with close-ok before it hangs up.
            answer.set(Result { try peer.readFrame().payload })
        } _: { server in
            let connection = try Connection.open(server.endpoint, epoch: Epoch(1))
            let error = try failure { _ = try connection.next() }
            #expect(try answer.wait() == [0, 10, 0, 51])
            #expect(error.replyText == "line 1 line 2 [2J")
            #expect(
                "\(error)" == "receive failed at 127.0.0.1:\(server.port): the broker closed the connection "
                    + "(320 line 1 line 2 [2J). Read the reply text, then connect again after a pause."
            )
        }
    }

    @Test(
        "the broker's reply codes become kinds of failure",
        arguments: [
            (404, .notFound), (405, .resourceLocked), (406, .preconditionFailed), (403, .accessRefused),
            (311, .channelClosed), (541, .channelClosed),
        ] as [(UInt16, AMQPError.Code)]
    )
    func replyCodes(_ replyCode: UInt16, _ code: AMQPError.Code) throws {
        let answer = Outcome<[UInt8]>()
        try withServer { peer in
            try peer.logIn()
            try peer.write(
                WireBytes.method(1, 20, 40, WireBytes.number(replyCode) + WireBytes.shortString("") + [0, 0, 0, 0]))
            answer.set(Result { try peer.readFrame().payload })
            try peer.readToEnd()
        } _: { server in
            let connection = try Connection.open(server.endpoint, epoch: Epoch(1))
            let error = try failure { _ = try connection.next() }
            #expect(try answer.wait() == [0, 20, 0, 41])
            #expect(error.code == code)
            #expect(error.scope == .channel)
            #expect(connection.fileDescriptor >= 0 && !connection.isChannelOpen)
        }
    }
}
