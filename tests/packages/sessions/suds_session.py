# packages: suds==1.2.0
"""suds: a SOAP client made from a description that the program serves itself."""
import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from suds.client import Client

DESCRIPTION = """<definitions name="sum" targetNamespace="urn:sum" xmlns:tns="urn:sum"
 xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
 xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<message name="In"><part name="a" type="xsd:int"/><part name="b" type="xsd:int"/></message>
<message name="Out"><part name="sum" type="xsd:int"/></message>
<portType name="Port"><operation name="add"><input message="tns:In"/><output message="tns:Out"/></operation></portType>
<binding name="Binding" type="tns:Port"><soap:binding style="rpc" transport="http://schemas.xmlsoap.org/soap/http"/>
<operation name="add"><soap:operation soapAction="add"/>
<input><soap:body use="literal" namespace="urn:sum"/></input><output><soap:body use="literal" namespace="urn:sum"/></output>
</operation></binding>
<service name="Service"><port name="Port" binding="tns:Binding"><soap:address location="URL"/></port></service>
</definitions>"""
ANSWER = """<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<n:addResponse xmlns:n="urn:sum"><sum>%d</sum></n:addResponse></s:Body></s:Envelope>"""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.say(DESCRIPTION.replace("URL", url))

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.say(ANSWER % sum(map(int, re.findall(rb">(\d+)<", body))))

    def say(self, text):
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *arguments):
        pass


server = HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/"
client = Client(url + "?wsdl", cache=None)
print(client.service.add(20, 22), client.service.add(1, 2))
print([method.name for method in client.wsdl.services[0].ports[0].methods.values()])
server.shutdown()
server.server_close()
