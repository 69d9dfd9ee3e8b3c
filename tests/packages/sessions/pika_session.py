# packages: pika==1.4.4
"""pika: a blocking connection that declares, publishes and gets, against a small broker made of pika's own frames."""
import socket
import threading

import pika
from pika import frame, spec


def frames(sock):
    data = b""
    while True:
        used, found = frame.decode_frame(data)
        if found:
            data = data[used:]
            yield found
        elif more := sock.recv(65536):
            data += more
        else:
            return


def serve():
    sock, _ = listener.accept()
    kept, properties = [], None

    def say(channel, method):
        sock.sendall(frame.Method(channel, method).marshal())

    with sock:
        for found in frames(sock):
            method = getattr(found, "method", None)
            if isinstance(found, frame.ProtocolHeader):
                say(0, spec.Connection.Start(server_properties={"product": "small"}))
            elif isinstance(method, spec.Connection.StartOk):
                say(0, spec.Connection.Tune(channel_max=10, frame_max=4096, heartbeat=0))
            elif isinstance(method, spec.Connection.Open):
                say(0, spec.Connection.OpenOk())
            elif isinstance(method, spec.Channel.Open):
                say(found.channel_number, spec.Channel.OpenOk())
            elif isinstance(method, spec.Queue.Declare):
                say(found.channel_number, spec.Queue.DeclareOk(method.queue, len(kept), 0))
            elif isinstance(method, spec.Basic.Publish):
                kept.append(b"")
            elif isinstance(found, frame.Header):
                properties = found.properties
            elif isinstance(found, frame.Body):
                kept[-1] += found.fragment
            elif isinstance(method, spec.Basic.Get) and kept:
                body = kept.pop(0)
                say(found.channel_number, spec.Basic.GetOk(1, False, "", "", len(kept)))
                sock.sendall(frame.Header(found.channel_number, len(body), properties).marshal())
                for start in range(0, len(body), 4000):
                    sock.sendall(frame.Body(found.channel_number, body[start:start + 4000]).marshal())
            elif isinstance(method, spec.Basic.Get):
                say(found.channel_number, spec.Basic.GetEmpty())
            elif isinstance(method, spec.Channel.Close):
                say(found.channel_number, spec.Channel.CloseOk())
            elif isinstance(method, spec.Connection.Close):
                say(0, spec.Connection.CloseOk())
                return


with socket.create_server(("127.0.0.1", 0)) as listener:
    thread = threading.Thread(target=serve)
    thread.start()
    connection = pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", listener.getsockname()[1]))
    channel = connection.channel()
    print(channel.queue_declare("jobs").method.message_count)
    for body in (b"small", b"large" * 10000):
        channel.basic_publish("", "jobs", body, pika.BasicProperties(content_type="text/plain"))
    while True:
        method, properties, body = channel.basic_get("jobs", auto_ack=True)
        if method is None:
            break
        print(method.message_count, properties.content_type, len(body))
    connection.close()
    thread.join()
    print(connection.is_closed)
