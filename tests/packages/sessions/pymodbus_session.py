# packages: pymodbus==3.16.1
"""pymodbus: a TCP server and the asynchronous client in one loop: registers, coils, an address that is not there."""
import asyncio

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.datastore import ModbusDeviceContext, ModbusSequentialDataBlock, ModbusServerContext
from pymodbus.server import ModbusTcpServer


async def main():
    block = ModbusSequentialDataBlock(1, [number * 10 for number in range(20)])
    context = ModbusServerContext(ModbusDeviceContext(hr=block, co=ModbusSequentialDataBlock(1, [0] * 20)), single=True)
    server = ModbusTcpServer(context, address=("127.0.0.1", 0))
    await server.serve_forever(background=True)
    port = server.transport.sockets[0].getsockname()[1]
    client = AsyncModbusTcpClient("127.0.0.1", port=port)
    print(await client.connect())
    print((await client.read_holding_registers(0, count=5)).registers)
    await client.write_registers(2, [7, 8])
    print((await client.read_holding_registers(0, count=5)).registers)
    await client.write_coil(3, True)
    print((await client.read_coils(0, count=8)).bits)
    answer = await client.read_holding_registers(100, count=5)
    print(answer.isError(), answer.exception_code)
    client.close()
    await server.shutdown()


asyncio.run(main())
