# packages: h2==4.4.1 hpack==4.2.0 hyperframe==6.1.0
"""h2: HTTP/2 over plain sockets: several streams at once, flow control, trailers."""
import socket
import threading

import h2.config
import h2.connection
import h2.events


def serve():
    sock, _ = listener.accept()
    connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
    connection.initiate_connection()
    sock.sendall(connection.data_to_send())
    lengths = {}
    with sock:
        while data := sock.recv(65536):
            for event in connection.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    lengths[event.stream_id] = 0
                elif isinstance(event, h2.events.DataReceived):
                    lengths[event.stream_id] += len(event.data)
                    connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.StreamEnded):
                    connection.send_headers(event.stream_id, [(":status", "200")])
                    connection.send_data(event.stream_id, str(lengths[event.stream_id]).encode())
                    connection.send_headers(event.stream_id, [("trailer", "last")], end_stream=True)
            sock.sendall(connection.data_to_send())


with socket.create_server(("127.0.0.1", 0)) as listener:
    thread = threading.Thread(target=serve)
    thread.start()
    connection = h2.connection.H2Connection()
    connection.initiate_connection()
    with socket.create_connection(listener.getsockname()) as sock:
        left = {}
        for number in range(4):
            stream = connection.get_next_available_stream_id()
            connection.send_headers(stream, [(":method", "POST"), (":path", "/"), (":scheme", "http"), (":authority", "here")])
            left[stream] = b"x" * 50000 * number
        answers = {}
        while len(answers) < 4 or not all(answer.endswith("last") for answer in answers.values()):
            for stream, body in list(left.items()):
                size = min(len(body), connection.local_flow_control_window(stream), connection.max_outbound_frame_size)
                if size or not body:
                    left[stream] = body[size:]
                    connection.send_data(stream, body[:size], end_stream=not left[stream])
                    if not left[stream]:
                        del left[stream]
            sock.sendall(connection.data_to_send())
            if any(connection.local_flow_control_window(stream) for stream in left):
                continue
            for event in connection.receive_data(sock.recv(65536)):
                if isinstance(event, h2.events.DataReceived):
                    answers[event.stream_id] = event.data.decode()
                elif isinstance(event, h2.events.TrailersReceived):
                    answers[event.stream_id] += " " + event.headers[0][1].decode() if isinstance(event.headers[0][1], bytes) else " last"
        print(sorted(answers.items()))
    thread.join()
